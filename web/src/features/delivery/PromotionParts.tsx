import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import type { GateVerdict, Promotion, PromotionStatus } from '../../api/types.ts'
import { snippets } from '../../lib/snippets.ts'
import { showCount, showNumber, showShare } from '../../lib/units.ts'
import { Answer, Empty } from '../../ui/Answer.tsx'
import { State, type Tone } from '../../ui/State.tsx'
import { Table } from '../../ui/Table.tsx'
import { EventTime, WallTime } from '../../ui/Time.tsx'
import { ThingLink } from '../lineage/ThingLink.tsx'
import { VersionLink } from '../registry/VersionLink.tsx'
import { promotionsQuery } from './queries.ts'

const TONES: Record<PromotionStatus, Tone> = { open: 'busy', approved: 'good', rejected: 'bad' }

export function PromotionState({ status }: { status: PromotionStatus }) {
  const t = useTranslations('promotions')
  return <State tone={TONES[status]} word={t(`status.${status}`)} />
}

/** What the gate judged, newest first. */
export function PromotionList({ project, model, challenger }: { project: string; model?: string; challenger?: string }) {
  const t = useTranslations('promotions')
  const locale = useLocale()
  const navigate = useNavigate()
  const promotions = useQuery(promotionsQuery(project, challenger))
  return (
    <Answer of={promotions}>
      {({ items }) => {
        const rows = model ? items.filter((promotion) => promotion.model === model) : items
        return rows.length === 0 ? (
          <Empty title={t('empty')} text={t('emptyText')} code={snippets.gate} />
        ) : (
          <Table<Promotion>
            label={t('title')}
            rows={rows}
            keyOf={(promotion) => promotion.id}
            open={(promotion) => void navigate({ to: '/p/$project/promotions/$promotion', params: { project, promotion: promotion.id } })}
            height={challenger ? 400 : 'calc(100vh - 150px)'}
            columns={[
              { id: 'until', head: t('until'), width: 116, cell: (promotion) => <ThingLink kind="promotion" id={promotion.id}><EventTime at={promotion.until} /></ThingLink> },
              { id: 'status', head: t('verdict'), width: 88, cell: (promotion) => <PromotionState status={promotion.status} /> },
              { id: 'challenger', head: t('challenger'), width: 110, cell: (promotion) => <VersionLink id={promotion.challenger} /> },
              { id: 'champion', head: t('champion'), width: 142, cell: (promotion) => (promotion.champion ? <VersionLink id={promotion.champion} /> : <span className="quiet">{t('first')}</span>) },
              { id: 'metric', head: t('metric'), width: 64, cell: (promotion) => promotion.gate.metric.toUpperCase() },
              { id: 'was', head: t('championValue'), right: true, width: 84, cell: (promotion) => showNumber(promotion.verdict?.champion, locale) },
              { id: 'now', head: t('challengerValue'), right: true, width: 92, cell: (promotion) => showNumber(promotion.verdict?.challenger, locale) },
              { id: 'improvement', head: t('improvement'), right: true, width: 80, cell: (promotion) => showShare(promotion.verdict?.improvement, locale) },
              { id: 'share', head: <span title={t('shareHint')}>{t('share')}</span>, right: true, width: 64, cell: (promotion) => showShare(promotion.verdict?.share_better, locale, 0) },
              { id: 'rows', head: t('rows'), right: true, width: 96, cell: (promotion) => showCount(promotion.verdict?.rows, locale) },
              { id: 'decided', head: t('decided'), right: true, cell: (promotion) => <WallTime at={promotion.decided_at} /> },
            ]}
          />
        )
      }}
    </Answer>
  )
}

/** The gate's finding as a picture: the improvement with its 90 % interval, against zero. */
export function GateInterval({ verdict, margin }: { verdict: GateVerdict; margin: number }) {
  const t = useTranslations('promotions')
  const locale = useLocale()
  if (verdict.improvement === null || verdict.low === null || verdict.high === null) return null
  const reach = Math.max(Math.abs(verdict.low), Math.abs(verdict.high), Math.abs(margin), 0.05) * 1.15
  const width = 460
  const x = (share: number) => width / 2 + (share / reach) * (width / 2 - 8)
  const color = verdict.passed ? 'var(--good)' : 'var(--bad)'
  return (
    <svg width={width} height={64} role="img" aria-label={t('interval', { low: showShare(verdict.low, locale), high: showShare(verdict.high, locale) })}>
      <line x1={8} x2={width - 8} y1={30} y2={30} stroke="var(--line)" />
      <line x1={x(0)} x2={x(0)} y1={10} y2={46} stroke="var(--line-strong)" />
      {margin ? <line x1={x(margin)} x2={x(margin)} y1={10} y2={46} stroke="var(--warn)" strokeDasharray="3 3" /> : null}
      <line x1={x(verdict.low)} x2={x(verdict.high)} y1={30} y2={30} stroke={color} strokeWidth={4} strokeLinecap="round" opacity={0.55} />
      <circle cx={x(verdict.improvement)} cy={30} r={5} fill={color} />
      <text x={x(0)} y={60} textAnchor="middle" fontSize={11} fill="var(--quiet)">
        0
      </text>
      <text x={x(verdict.low)} y={20} textAnchor="middle" fontSize={11} fill="var(--quiet)">
        {showShare(verdict.low, locale, 0)}
      </text>
      <text x={x(verdict.high)} y={20} textAnchor="middle" fontSize={11} fill="var(--quiet)">
        {showShare(verdict.high, locale, 0)}
      </text>
    </svg>
  )
}
