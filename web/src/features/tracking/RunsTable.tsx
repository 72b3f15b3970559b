import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { RunSummary } from '../../api/types.ts'
import { download, toCsv } from '../../lib/csv.ts'
import { snippets } from '../../lib/snippets.ts'
import { showSeconds, showValue } from '../../lib/units.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Id } from '../../ui/Id.tsx'
import { PagedTable } from '../../ui/PagedTable.tsx'
import type { Column } from '../../ui/Table.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { EntityLink } from '../lineage/EntityLink.tsx'
import { runsQuery, type RunFilter } from './queries.ts'
import { RunState } from './RunState.tsx'
import { namesIn, showWire } from './values.ts'

type Props = {
  project: string
  filter: RunFilter
  selected: string | undefined
  select: (run: string) => void
  sortBy: (sort: string) => void
}

/** Runs, paged, sorted and filtered by the server. The rows that are marked can be saved as CSV. */
export function RunsTable({ project, filter, selected, select, sortBy }: Props) {
  const t = useTranslations('experiments')
  const ui = useTranslations('ui')
  const navigate = useNavigate()
  const runs = useInfiniteQuery(runsQuery(project, filter))
  const rows = useMemo(() => runs.data?.pages.flatMap((page) => page.items) ?? [], [runs.data])
  const columns = useRunColumns(rows)
  const [marked, setMarked] = useState<RunSummary[]>([])
  const filtered = filter.experiment || filter.status || filter.kind
  return (
    <div className="table-marks">
      {marked.length ? (
        <div className="bar" role="status">
          <span>{ui('selectedCount', { count: marked.length })}</span>
          <button type="button" className="button" onClick={() => download(`runs-${project}.csv`, toCsv(sheetOf(marked)))}>
            {ui('exportCsv')}
          </button>
        </div>
      ) : null}
      <PagedTable<RunSummary>
        of={runs}
        empty={
          filtered ? (
            <Empty title={t('noMatchTitle')} text={t('noMatchText')} />
          ) : (
            <Empty title={t('emptyTitle')} text={t('emptyText')} code={snippets.run} />
          )
        }
        label={t('runs')}
        columns={columns}
        keyOf={(run) => run.id}
        selected={selected}
        select={(run) => select(run.id)}
        open={(run) => void navigate({ to: '/p/$project/runs/$run', params: { project, run: run.id } })}
        sort={filter.sort ?? '-started_at'}
        sortBy={sortBy}
        height="calc(100vh - 148px)"
        layout={`runs ${project}`}
        hidden={columns.filter((column) => column.optional).map((column) => column.id)}
        mark={setMarked}
      />
    </div>
  )
}

/** Metrics and parameters that are shown before the reader has chosen columns. */
const METRICS_SHOWN = 4
const PARAMS_SHOWN = 3

function useRunColumns(rows: RunSummary[]): (Column<RunSummary> & { optional?: boolean })[] {
  const t = useTranslations('experiments')
  const locale = useLocale()
  const metrics = useMemo(() => namesIn(rows, (run) => run.metrics), [rows])
  const params = useMemo(() => namesIn(rows, (run) => run.params), [rows])
  return useMemo(
    () => [
      {
        id: 'name',
        head: t('name'),
        sort: 'name',
        width: 220,
        cell: (run: RunSummary) => (
          <EntityLink kind="run" id={run.id}>
            {run.name || run.id}
          </EntityLink>
        ),
      },
      { id: 'status', head: t('status'), sort: 'status', width: 100, cell: (run: RunSummary) => <RunState run={run} /> },
      { id: 'experiment', head: t('experiment'), width: 120, cell: (run: RunSummary) => <span className="quiet">{run.experiment}</span> },
      ...metrics.map((name, index) => ({
        id: `metric ${name}`,
        head: name,
        right: true,
        width: 96,
        optional: index >= METRICS_SHOWN,
        cell: (run: RunSummary) => showWire(run.metrics[name]?.value, locale),
      })),
      ...params.map((name, index) => ({
        id: `param ${name}`,
        head: name,
        width: 104,
        optional: index >= PARAMS_SHOWN,
        cell: (run: RunSummary) => <span title={String(run.params[name] ?? '')}>{showValue(run.params[name], locale)}</span>,
      })),
      { id: 'duration', head: t('duration'), right: true, width: 100, cell: (run: RunSummary) => showSeconds(run.duration_seconds) },
      {
        id: 'started',
        head: t('started'),
        sort: 'started_at',
        right: true,
        width: 110,
        cell: (run: RunSummary) => <WallTime at={run.started_at} />,
      },
      { id: 'id', head: 'id', width: 110, right: true, cell: (run: RunSummary) => <Id id={run.id} /> },
    ],
    [metrics, params, t, locale],
  )
}

function sheetOf(runs: RunSummary[]) {
  const metrics = namesIn(runs, (run) => run.metrics)
  const params = namesIn(runs, (run) => run.params)
  return {
    columns: ['id', 'name', 'experiment', 'status', 'started_at', 'duration_seconds', ...metrics, ...params.map((name) => `param ${name}`)],
    rows: runs.map((run) => [
      run.id,
      run.name,
      run.experiment,
      run.status,
      run.started_at,
      run.duration_seconds,
      ...metrics.map((name) => run.metrics[name]?.value ?? null),
      ...params.map((name) => plain(run.params[name])),
    ]),
  }
}

function plain(value: string | number | boolean | null | undefined): string | number | null {
  return typeof value === 'boolean' ? String(value) : (value ?? null)
}
