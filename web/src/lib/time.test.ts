import assert from 'node:assert/strict'
import { test } from 'vitest'
import { secondsBetween, showEvent, showEventExact, showRelative } from './time.ts'

test('event time is absolute, in UTC, and a midnight is its day', () => {
  assert.equal(showEvent('2011-05-03T14:00:00Z'), '2011-05-03 14:00')
  assert.equal(showEvent('2011-05-03T00:00:00Z'), '2011-05-03')
  assert.equal(showEventExact('2011-05-03T14:00:05.25Z'), '2011-05-03 14:00:05')
})

test('wall time is relative, in the language of the reader', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  assert.equal(showRelative('2026-11-20T11:57:00Z', now, 'en'), '3 min. ago')
  assert.equal(showRelative('2026-11-20T11:57:00Z', now, 'ja'), '3 分前')
  assert.equal(showRelative('2026-11-20T11:59:58Z', now, 'en'), 'now')
})

test('relative time is rounded to the nearest unit', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  assert.equal(showRelative('2026-11-20T11:56:10Z', now, 'en'), '4 min. ago')
  assert.equal(showRelative('2026-11-20T11:56:40Z', now, 'en'), '3 min. ago')
  assert.equal(showRelative('2026-11-20T11:00:20Z', now, 'en'), '1 hr. ago')
  assert.equal(showRelative('2026-11-20T13:45:00Z', now, 'en'), 'in 2 hr.')
})

test('a duration needs both its ends', () => {
  assert.equal(secondsBetween('2026-01-01T00:00:00Z', '2026-01-01T00:00:02.500Z'), 2.5)
  assert.equal(secondsBetween(null, '2026-01-01T00:00:00Z'), null)
})
