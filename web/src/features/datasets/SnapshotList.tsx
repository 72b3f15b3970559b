import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import type { DatasetDetails, SnapshotSummary } from '../../api/types.ts'
import { snippets } from '../../lib/snippets.ts'
import { showCount } from '../../lib/units.ts'
import { QueryBoundary } from '../../ui/QueryBoundary.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Id } from '../../ui/Id.tsx'
import { PagedTable } from '../../ui/PagedTable.tsx'
import { EventTime, WallTime } from '../../ui/Time.tsx'
import { EntityLink } from '../lineage/EntityLink.tsx'
import { datasetsQuery, snapshotsQuery } from './queries.ts'

/** Snapshots of one dataset; the dataset is in the link. */
export function SnapshotList({
  project,
  dataset,
  choose,
}: {
  project: string
  dataset: string | undefined
  choose: (dataset: string) => void
}) {
  const t = useTranslations('data')
  const datasets = useQuery(datasetsQuery(project))
  return (
    <QueryBoundary of={datasets}>
      {({ items }) => {
        const chosen = items.find((each) => each.name === dataset) ?? items.find((each) => each.snapshots > 0) ?? items[0]
        if (!chosen) return <Empty title={t('noSnapshots')} text={t('noSnapshotsText')} code={snippets.model} />
        return (
          <>
            {items.length > 1 ? (
              <div className="bar">
                <select className="field" aria-label={t('dataset')} value={chosen.name} onChange={(event) => choose(event.target.value)}>
                  {items.map((each) => (
                    <option key={each.id} value={each.name}>
                      {each.name} ({each.snapshots})
                    </option>
                  ))}
                </select>
              </div>
            ) : null}
            <Snapshots dataset={chosen} project={project} />
          </>
        )
      }}
    </QueryBoundary>
  )
}

function Snapshots({ dataset, project }: { dataset: DatasetDetails; project: string }) {
  const t = useTranslations('data')
  const locale = useLocale()
  const navigate = useNavigate()
  const snapshots = useInfiniteQuery(snapshotsQuery(project, dataset.name))
  return (
    <PagedTable<SnapshotSummary>
      of={snapshots}
      empty={<Empty title={t('noSnapshots')} text={t('noSnapshotsText')} code={snippets.model} />}
      label={t('tabs.snapshots')}
      keyOf={(snapshot) => snapshot.id}
      open={(snapshot) => void navigate({ to: '/p/$project/snapshots/$snapshot', params: { project, snapshot: snapshot.id } })}
      height="calc(100vh - 150px)"
      columns={[
        {
          id: 'until',
          head: t('until'),
          width: 170,
          cell: (snapshot) => (
            <EntityLink kind="snapshot" id={snapshot.id}>
              {snapshot.dataset} <EventTime at={snapshot.until} />
            </EntityLink>
          ),
        },
        { id: 'rows', head: t('rows'), right: true, width: 110, cell: (snapshot) => showCount(snapshot.rows, locale) },
        { id: 'from', head: t('first'), right: true, width: 150, cell: (snapshot) => <EventTime at={snapshot.event_from} /> },
        { id: 'to', head: t('last'), right: true, width: 150, cell: (snapshot) => <EventTime at={snapshot.event_to} /> },
        { id: 'columns', head: t('columns'), right: true, width: 80, cell: (snapshot) => Object.keys(snapshot.columns).length },
        {
          id: 'anomalies',
          head: t('anomalies'),
          right: true,
          width: 90,
          cell: (snapshot) => (snapshot.anomalies ? <span className="state warn">{snapshot.anomalies}</span> : '0'),
        },
        { id: 'digest', head: 'sha256', right: true, width: 100, cell: (snapshot) => <Id id={snapshot.digest} /> },
        { id: 'id', head: 'id', right: true, width: 120, cell: (snapshot) => <Id id={snapshot.id} /> },
        { id: 'taken', head: t('taken'), right: true, cell: (snapshot) => <WallTime at={snapshot.taken_at} /> },
      ]}
    />
  )
}
