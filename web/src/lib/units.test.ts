import assert from 'node:assert/strict'
import { test } from 'vitest'
import { shortId, showBytes, showCompact, showNumber, showSeconds } from './units.ts'

test('numbers keep four significant digits and no more', () => {
  const shown = [0, 3, 0.28061, 41.9, 9.876543, 4821.55, 1234567.8, 0.00001].map((value) => showNumber(value, 'en'))
  assert.deepEqual(shown, ['0', '3', '0.2806', '41.90', '9.877', '4,821.6', '1,234,568', '1.00e-5'])
})

test('what is not known is a dash, what is not finite says so', () => {
  assert.deepEqual([showNumber(null, 'en'), showNumber(undefined, 'en'), showNumber(Number.NaN, 'en')], ['–', '–', 'NaN'])
})

test('durations have the unit that fits', () => {
  assert.deepEqual([0.0041, 0.046, 1.24, 16, 200, 7_500, 90_000].map(showSeconds), [
    '4.1 ms',
    '46 ms',
    '1.2 s',
    '16 s',
    '3 min 20 s',
    '2 h 5 min',
    '1 d 1 h',
  ])
})

test('a compact number is exact below 10,000', () => {
  assert.deepEqual(
    [7, 1_234, 9_999, 1_234_567].map((value) => showCompact(value, 'en')),
    ['7', '1,234', '9,999', '1.23M'],
  )
})

test('sizes have the unit that fits', () => {
  assert.deepEqual([236, 4_020, 223_000, 61_000_000].map(showBytes), ['236 B', '4.0 kB', '223 kB', '61 MB'])
})

test('a short id shows its kind and its random end', () => {
  assert.equal(shortId('run_01m7x226as84s316fckdvg7czr'), 'run_…vg7czr')
  assert.equal(shortId(`sha256:be734d11${'0'.repeat(56)}`), 'be734d11')
  assert.equal(shortId('bikes'), 'bikes')
})
