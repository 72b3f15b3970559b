import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import type { ColumnStatistics } from '../api/types.ts'
import { snapshotQuery } from '../features/datasets/queries.ts'
import { useAnomalyName } from '../features/datasets/QuarantineList.tsx'
import { LineageLink } from '../features/lineage/LineageLink.tsx'
import { showEvent } from '../lib/time.ts'
import { showCount, showNumber, showShare } from '../lib/units.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { Bars } from '../ui/Bars.tsx'
import { Id } from '../ui/Id.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { StatBar } from '../ui/StatBar.tsx'
import { Table } from '../ui/Table.tsx'
import { EventTime, WallTime } from '../ui/Time.tsx'

const route = getRouteApi('/p/$project/snapshots/$snapshot')

/** One snapshot: immutable rows, with what each column held. */
export default function Snapshot() {
  const t = useTranslations('data')
  const locale = useLocale()
  const { project, snapshot } = route.useParams()
  const found = useQuery(snapshotQuery(snapshot))
  const kindName = useAnomalyName()
  const title = found.data ? `${found.data.dataset} · ${showEvent(found.data.until)}` : snapshot
  return (
    <Page
      title={title}
      crumb={
        <Link to="/p/$project/data" params={{ project }} search={{ tab: 'snapshots' }}>
          {t('tabs.snapshots')}
        </Link>
      }
      beside={<Id id={snapshot} />}
      actions={<LineageLink kind="snapshot" id={snapshot} />}
    >
      <QueryBoundary of={found}>
        {(data) => (
          <>
            <StatBar
              items={[
                { label: t('rows'), value: showCount(data.rows, locale) },
                { label: t('first'), value: <EventTime at={data.event_from} /> },
                { label: t('last'), value: <EventTime at={data.event_to} /> },
                { label: t('until'), value: <EventTime at={data.until} /> },
                { label: t('knownBy'), value: <EventTime at={data.known_by} /> },
                { label: t('tableVersion'), value: data.version, more: data.table },
                { label: 'sha256', value: <Id id={data.digest} /> },
                { label: t('taken'), value: <WallTime at={data.taken_at} /> },
              ]}
            />
            {data.anomalies.length ? (
              <Section title={t('anomalies')}>
                <Table
                  label={t('anomalies')}
                  inset
                  rows={data.anomalies}
                  keyOf={(anomaly) => `${anomaly.column} ${anomaly.kind}`}
                  columns={[
                    { id: 'column', head: t('column'), width: 160, cell: (anomaly) => <code>{anomaly.column}</code> },
                    {
                      id: 'kind',
                      head: t('reason'),
                      width: 120,
                      cell: (anomaly) => <span className="state warn">{kindName(anomaly.kind)}</span>,
                    },
                    { id: 'message', head: t('why'), cell: (anomaly) => <span title={anomaly.message}>{anomaly.message}</span> },
                    { id: 'rows', head: t('rows'), right: true, width: 90, cell: (anomaly) => showCount(anomaly.rows, locale) },
                  ]}
                />
              </Section>
            ) : null}
            <Section title={t('statistics')}>
              <Table<ColumnStatistics>
                label={t('statistics')}
                rows={data.statistics}
                keyOf={(column) => column.name}
                columns={[
                  { id: 'name', head: t('column'), width: 170, cell: (column) => <code>{column.name}</code> },
                  { id: 'dtype', head: t('type'), width: 80, cell: (column) => <span className="quiet">{column.dtype}</span> },
                  { id: 'shape', head: t('distribution'), width: 160, cell: (column) => <Shape column={column} /> },
                  {
                    id: 'nulls',
                    head: t('missing'),
                    right: true,
                    width: 80,
                    cell: (column) => (column.rows ? showShare(column.nulls / column.rows, locale) : '–'),
                  },
                  { id: 'distinct', head: t('distinct'), right: true, width: 90, cell: (column) => showCount(column.distinct, locale) },
                  { id: 'least', head: t('least'), right: true, width: 130, cell: (column) => edge(column, column.least, locale) },
                  { id: 'mean', head: t('mean'), right: true, width: 130, cell: (column) => edge(column, column.mean, locale) },
                  { id: 'most', head: t('most'), right: true, width: 130, cell: (column) => edge(column, column.most, locale) },
                  {
                    id: 'deviation',
                    head: t('deviation'),
                    right: true,
                    width: 100,
                    cell: (column) => (column.dtype === 'datetime' ? '–' : showNumber(column.deviation, locale)),
                  },
                  {
                    id: 'top',
                    head: t('top'),
                    cell: (column) => (
                      <span className="quiet" title={column.top.map(([text, count]) => `${text}: ${count}`).join('\n')}>
                        {column.top
                          .slice(0, 4)
                          .map(([text, count]) => `${text} ${showCount(count, locale)}`)
                          .join(' · ')}
                      </span>
                    ),
                  },
                ]}
              />
            </Section>
          </>
        )}
      </QueryBoundary>
    </Page>
  )
}

function Shape({ column }: { column: ColumnStatistics }) {
  const counts = column.counts.length ? column.counts : column.top.map(([, count]) => count)
  return counts.length ? <Bars counts={counts} edges={column.counts.length ? column.edges : undefined} label={column.name} /> : null
}

/** Moments are kept as microseconds. */
function edge(column: ColumnStatistics, value: number | null, locale: string): string {
  return column.dtype === 'datetime' && value !== null ? showEvent(new Date(value / 1000).toISOString()) : showNumber(value, locale)
}
