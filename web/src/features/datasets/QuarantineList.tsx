import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { QuarantinedRow } from '../../api/types.ts'
import { Empty } from '../../ui/Empty.tsx'
import { PagedTable } from '../../ui/PagedTable.tsx'
import { EventTime, WallTime } from '../../ui/Time.tsx'
import { quarantineQuery } from './queries.ts'

/** Quarantined rows, newest first, each with its reason; they are neither used for training nor for serving. */
export function QuarantineList({ project, source, all }: { project: string; source: string | undefined; all: () => void }) {
  const t = useTranslations('data')
  const rows = useInfiniteQuery(quarantineQuery(project, source))
  const kindName = useAnomalyName()
  return (
    <>
      {source ? (
        <div className="bar">
          <span className="tag">{source}</span>
          <button type="button" className="button bare" onClick={all}>
            {t('allSources')}
          </button>
        </div>
      ) : null}
      <PagedTable<QuarantinedRow>
        of={rows}
        empty={<Empty title={t('noQuarantine')} text={t('noQuarantineText')} />}
        layout="quarantine"
        label={t('tabs.quarantine')}
        keyOf={(row) => row.id}
        height="calc(100vh - 150px)"
        columns={[
          { id: 'event', head: t('eventAt'), width: 140, cell: (row) => <EventTime at={row.event_at} /> },
          { id: 'source', head: t('source'), width: 110, cell: (row) => row.source },
          { id: 'column', head: t('column'), width: 110, cell: (row) => <code>{row.column}</code> },
          { id: 'kind', head: t('reason'), width: 110, cell: (row) => <span className="state warn">{kindName(row.kind)}</span> },
          {
            id: 'why',
            head: t('why'),
            cell: (row) => <span title={row.why}>{t(`anomalyText.${row.kind}`, { value: textOf(row.values[row.column]) })}</span>,
          },
          {
            id: 'values',
            head: t('row'),
            cell: (row) => (
              <span className="mono quiet" title={JSON.stringify(row.values, null, 1)}>
                {JSON.stringify(row.values)}
              </span>
            ),
          },
          { id: 'at', head: t('arrived'), right: true, width: 110, cell: (row) => <WallTime at={row.at} /> },
        ]}
      />
    </>
  )
}

export function useAnomalyName(): (kind: string) => string {
  const t = useTranslations('data')
  return (kind) => {
    switch (kind) {
      case 'type':
      case 'missing':
      case 'non_finite':
      case 'range':
      case 'future':
      case 'hour':
      case 'unseen':
        return t(`anomaly.${kind}`)
      default:
        return kind
    }
  }
}

/** A value of a row as the reader sent it. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? '–')
}
