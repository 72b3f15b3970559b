import type { RunSummary, WireNumber } from '../../api/types.ts'
import { showNumber } from '../../lib/units.ts'

/** The names that these runs have, those that most of them have first, then in alphabetical order. */
export function namesIn(runs: RunSummary[], pick: (run: RunSummary) => Record<string, unknown>): string[] {
  const counts = new Map<string, number>()
  for (const run of runs) for (const name of Object.keys(pick(run))) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts.entries()].sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0])).map(([name]) => name)
}

export function showWire(value: WireNumber | undefined, locale: string): string {
  return typeof value === 'string' ? value : showNumber(value, locale)
}
