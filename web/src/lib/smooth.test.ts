import assert from 'node:assert/strict'
import { test } from 'vitest'
import { smooth } from './smooth.ts'

test('a constant stays what it is', () => {
  for (const value of smooth([3, 3, 3, 3], 0.9)) assert.ok(value !== null && Math.abs(value - 3) < 1e-12)
})

test('a gap stays a gap and is not counted', () => {
  assert.deepEqual(smooth([1, null, 1], 0.5), [1, null, 1])
})

test('without weight nothing changes', () => {
  assert.deepEqual(smooth([1, 5, null], 0), [1, 5, null])
})
