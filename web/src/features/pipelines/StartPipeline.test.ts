import { expect, test } from 'vitest'
import { valueOf } from './StartPipeline.tsx'

test('what is typed becomes a value of the type of the default', () => {
  expect(valueOf('0.5', 1)).toBe(0.5)
  expect(valueOf('false', true)).toBe(false)
  expect(valueOf('[1, 2]', [])).toEqual([1, 2])
  expect(valueOf('12', 'ten')).toBe('12')
})

test('a text where a number belongs is sent as it is: the server says what is wrong', () => {
  expect(valueOf('fast', 1)).toBe('fast')
})
