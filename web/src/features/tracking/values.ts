import type { Run, WireNumber } from '../../api/types.ts'
import { showNumber } from '../../lib/units.ts'

/** The names that most of these runs have, at most `most`, in alphabetical order: the columns worth a place. */
export function commonNames(runs: Run[], pick: (run: Run) => Record<string, unknown>, most: number): string[] {
  const counts = new Map<string, number>()
  for (const run of runs.slice(0, 200)) for (const name of Object.keys(pick(run))) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts.entries()]
    .sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0]))
    .slice(0, most)
    .map(([name]) => name)
    .sort()
}

export function showWire(value: WireNumber | undefined, locale: string): string {
  return typeof value === 'string' ? value : showNumber(value, locale)
}

export function showValue(value: string | number | boolean | null | undefined, locale: string): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'number' ? showNumber(value, locale) : String(value)
}
