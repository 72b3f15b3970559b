import assert from 'node:assert/strict'
import { test } from 'vitest'
import { toCsv } from './csv.ts'

test('cells are quoted where they must be', () => {
  assert.equal(
    toCsv({
      columns: ['a', 'b'],
      rows: [
        ['x, "y"', 1.5],
        [null, 'two\nlines'],
      ],
    }),
    'a,b\r\n"x, ""y""",1.5\r\n,"two\nlines"',
  )
})

test('a text that a spreadsheet would run as a formula is disarmed; a negative number stays a number', () => {
  const rows = [['=HYPERLINK("http://x")'], ['+1'], ['-1'], ['@a'], ['\t=1'], [-1]]
  assert.equal(toCsv({ columns: ['=a'], rows }), `'=a\r\n"'=HYPERLINK(""http://x"")"\r\n'+1\r\n'-1\r\n'@a\r\n'\t=1\r\n-1`)
})
