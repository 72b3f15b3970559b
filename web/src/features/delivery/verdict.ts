import { at, numberAt, textAt } from '../../lib/json.ts'

/** What the gate found for a promotion; null where a comparison was not possible. */
export type GateVerdict = {
  passed: boolean
  why: string
  rows: number | null
  days: number | null
  champion: number | null
  challenger: number | null
  improvement: number | null
  low: number | null
  high: number | null
  share_better: number | null
}

/** The verdict of a promotion, which has none before it is decided. */
export function verdictOf(promotion: { verdict: unknown }): GateVerdict | null {
  const { verdict } = promotion
  if (verdict === null || verdict === undefined) return null
  const number = (name: string) => numberAt(verdict, name) ?? null
  return {
    passed: at(verdict, 'passed') === true,
    why: textAt(verdict, 'why') ?? '',
    rows: number('rows'),
    days: number('days'),
    champion: number('champion'),
    challenger: number('challenger'),
    improvement: number('improvement'),
    low: number('low'),
    high: number('high'),
    share_better: number('share_better'),
  }
}
