import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import type { SourceState } from '../../api/types.ts'
import { snippets } from '../../lib/snippets.ts'
import { showCount, showSeconds } from '../../lib/units.ts'
import { QueryBoundary } from '../../ui/QueryBoundary.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Table } from '../../ui/Table.tsx'
import { EventTime } from '../../ui/Time.tsx'
import { sourcesQuery } from './queries.ts'

/** Sources with how fresh they are. */
export function SourceList({ project }: { project: string }) {
  const t = useTranslations('data')
  const locale = useLocale()
  const sources = useQuery(sourcesQuery(project))
  return (
    <QueryBoundary of={sources}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t('noSources')} text={t('noSourcesText')} code={`${snippets.source}\n\n${snippets.push}`} />
        ) : (
          <Table<SourceState>
            label={t('tabs.sources')}
            rows={items}
            keyOf={(source) => source.name}
            columns={[
              { id: 'name', head: t('source'), width: 160, cell: (source) => <span title={source.description}>{source.name}</span> },
              { id: 'entity', head: t('entity'), width: 110, cell: (source) => <code>{source.entity}</code> },
              { id: 'rows', head: t('rows'), right: true, width: 100, cell: (source) => showCount(source.rows, locale) },
              {
                id: 'waiting',
                head: t('waiting'),
                hint: t('waitingHint'),
                right: true,
                width: 90,
                cell: (source) => showCount(source.waiting, locale),
              },
              { id: 'first', head: t('first'), right: true, width: 140, cell: (source) => <EventTime at={source.first_event_at} /> },
              { id: 'last', head: t('freshness'), right: true, width: 150, cell: (source) => <EventTime at={source.last_event_at} /> },
              {
                id: 'known',
                head: t('known'),
                hint: t('knownHint'),
                right: true,
                width: 100,
                cell: (source) =>
                  source.known_at ? (
                    <code>{source.known_at}</code>
                  ) : source.known_after_seconds ? (
                    `+ ${showSeconds(source.known_after_seconds)}`
                  ) : (
                    '–'
                  ),
              },
              {
                id: 'quarantined',
                head: t('quarantined'),
                right: true,
                width: 90,
                cell: (source) =>
                  source.quarantined ? (
                    <Link className="name" to="/p/$project/data" params={{ project }} search={{ tab: 'quarantine', source: source.name }}>
                      {showCount(source.quarantined, locale)}
                    </Link>
                  ) : (
                    '0'
                  ),
              },
              {
                id: 'snapshots',
                head: t('tabs.snapshots'),
                right: true,
                width: 130,
                cell: (source) => (
                  <Link className="name" to="/p/$project/data" params={{ project }} search={{ tab: 'snapshots', dataset: source.name }}>
                    {showCount(source.snapshots, locale)}
                  </Link>
                ),
              },
              {
                id: 'columns',
                head: t('columns'),
                cell: (source) => (
                  <span
                    className="mono quiet"
                    title={Object.entries(source.columns)
                      .map(([name, dtype]) => `${name}: ${dtype}`)
                      .join('\n')}
                  >
                    {Object.keys(source.columns).join(', ')}
                  </span>
                ),
              },
            ]}
          />
        )
      }
    </QueryBoundary>
  )
}
