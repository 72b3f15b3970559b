import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { Promotion } from '../../api/types.ts'
import { snippets } from '../../lib/snippets.ts'
import { showCount, showNumber, showShare } from '../../lib/units.ts'
import { Empty } from '../../ui/Empty.tsx'
import { PagedTable } from '../../ui/PagedTable.tsx'
import { EventTime, WallTime } from '../../ui/Time.tsx'
import { EntityLink } from '../lineage/EntityLink.tsx'
import { VersionLink } from '../registry/VersionLink.tsx'
import { PromotionState } from './PromotionState.tsx'
import { promotionsQuery } from './queries.ts'

/** What the gate evaluated, newest first. */
export function PromotionList({ project, model, challenger }: { project: string; model?: string; challenger?: string }) {
  const t = useTranslations('promotions')
  const locale = useLocale()
  const navigate = useNavigate()
  const promotions = useInfiniteQuery(promotionsQuery(project, challenger))
  const keep = useCallback((promotion: Promotion) => model === undefined || promotion.model === model, [model])
  return (
    <PagedTable<Promotion>
      of={promotions}
      keep={keep}
      empty={<Empty title={t('empty')} text={t('emptyText')} code={snippets.gate} />}
      label={t('title')}
      keyOf={(promotion) => promotion.id}
      open={(promotion) => void navigate({ to: '/p/$project/promotions/$promotion', params: { project, promotion: promotion.id } })}
      height={challenger ? 400 : 'calc(100vh - 150px)'}
      columns={[
        {
          id: 'until',
          head: t('until'),
          width: 118,
          cell: (promotion) => (
            <EntityLink kind="promotion" id={promotion.id}>
              <EventTime at={promotion.until} />
            </EntityLink>
          ),
        },
        { id: 'status', head: t('verdict'), width: 92, cell: (promotion) => <PromotionState status={promotion.status} /> },
        { id: 'challenger', head: t('challenger'), width: 90, cell: (promotion) => <VersionLink id={promotion.challenger} /> },
        {
          id: 'champion',
          head: t('champion'),
          width: 136,
          cell: (promotion) => (promotion.champion ? <VersionLink id={promotion.champion} /> : <span className="quiet">{t('first')}</span>),
        },
        { id: 'metric', head: t('metric'), width: 78, cell: (promotion) => promotion.gate.metric.toUpperCase() },
        {
          id: 'was',
          head: t('championValue'),
          right: true,
          width: 100,
          cell: (promotion) => showNumber(promotion.verdict?.champion, locale),
        },
        {
          id: 'now',
          head: t('challengerValue'),
          right: true,
          width: 96,
          cell: (promotion) => showNumber(promotion.verdict?.challenger, locale),
        },
        {
          id: 'improvement',
          head: t('improvement'),
          right: true,
          width: 90,
          cell: (promotion) => showShare(promotion.verdict?.improvement, locale),
        },
        {
          id: 'share',
          head: t('share'),
          hint: t('shareHint'),
          right: true,
          width: 100,
          cell: (promotion) => showShare(promotion.verdict?.share_better, locale, 0),
        },
        { id: 'rows', head: t('rows'), right: true, width: 96, cell: (promotion) => showCount(promotion.verdict?.rows, locale) },
        { id: 'decided', head: t('decided'), right: true, cell: (promotion) => <WallTime at={promotion.decided_at} /> },
      ]}
    />
  )
}
