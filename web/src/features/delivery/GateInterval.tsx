import { useLocale, useTranslations } from 'use-intl'
import type { Promotion } from '../../api/types.ts'
import { showShare } from '../../lib/units.ts'

/** The gate's finding as a picture: the improvement with its 90 % interval, against zero. */
export function GateInterval({ verdict, margin }: { verdict: NonNullable<Promotion['verdict']>; margin: number }) {
  const t = useTranslations('promotions')
  const locale = useLocale()
  if (verdict.improvement === null || verdict.low === null || verdict.high === null) return null
  const reach = Math.max(Math.abs(verdict.low), Math.abs(verdict.high), Math.abs(margin), 0.05) * 1.15
  const width = 460
  const x = (share: number) => width / 2 + (share / reach) * (width / 2 - 8)
  // Labels of a narrow interval stand on its two sides, for they would cover each other.
  const near = x(verdict.high) - x(verdict.low) < 44
  const color = verdict.passed ? 'var(--good)' : 'var(--bad)'
  return (
    <svg
      width={width}
      height={64}
      viewBox={`0 0 ${width} 64`}
      style={{ maxWidth: '100%' }}
      role="img"
      aria-label={t('interval', { low: showShare(verdict.low, locale), high: showShare(verdict.high, locale) })}
    >
      <line x1={8} x2={width - 8} y1={30} y2={30} stroke="var(--line)" />
      <line x1={x(0)} x2={x(0)} y1={10} y2={46} stroke="var(--line-strong)" />
      {margin ? <line x1={x(margin)} x2={x(margin)} y1={10} y2={46} stroke="var(--warn)" strokeDasharray="3 3" /> : null}
      <line x1={x(verdict.low)} x2={x(verdict.high)} y1={30} y2={30} stroke={color} strokeWidth={4} strokeLinecap="round" opacity={0.55} />
      <circle cx={x(verdict.improvement)} cy={30} r={5} fill={color} />
      <text x={x(0)} y={60} textAnchor="middle" fontSize={11} fill="var(--quiet)">
        0
      </text>
      <text x={x(verdict.low)} y={20} textAnchor={near ? 'end' : 'middle'} fontSize={11} fill="var(--quiet)">
        {showShare(verdict.low, locale, 0)}
      </text>
      <text x={x(verdict.high)} y={20} textAnchor={near ? 'start' : 'middle'} fontSize={11} fill="var(--quiet)">
        {showShare(verdict.high, locale, 0)}
      </text>
    </svg>
  )
}
