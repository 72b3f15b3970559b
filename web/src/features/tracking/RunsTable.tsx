import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { Run } from '../../api/types.ts'
import { snippets } from '../../lib/snippets.ts'
import { showSeconds } from '../../lib/units.ts'
import { Bones, Empty, Failure } from '../../ui/Answer.tsx'
import { Id } from '../../ui/Id.tsx'
import { Table, type Column } from '../../ui/Table.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { ThingLink } from '../lineage/ThingLink.tsx'
import { runsQuery, type RunFilter } from './queries.ts'
import { RunState } from './RunState.tsx'
import { commonNames, showValue, showWire } from './values.ts'

type Props = { project: string; filter: RunFilter; selected: string | undefined; select: (run: string) => void; sortBy: (sort: string) => void }

/** Runs, paged, sorted and filtered by the server. */
export function RunsTable({ project, filter, selected, select, sortBy }: Props) {
  const t = useTranslations('experiments')
  const navigate = useNavigate()
  const runs = useInfiniteQuery(runsQuery(project, filter))
  const rows = useMemo(() => runs.data?.pages.flatMap((page) => page.items) ?? [], [runs.data])
  const columns = useRunColumns(rows)
  if (runs.error && !runs.data) return <Failure error={runs.error} again={() => void runs.refetch()} />
  if (!runs.data) return <Bones rows={16} />
  if (rows.length === 0) {
    return filter.experiment || filter.status || filter.kind ? <Empty title={t('noMatchTitle')} text={t('noMatchText')} /> : <Empty title={t('emptyTitle')} text={t('emptyText')} code={snippets.run} />
  }
  return (
    <Table
      label={t('runs')}
      columns={columns}
      rows={rows}
      keyOf={(run) => run.id}
      selected={selected}
      select={(run) => select(run.id)}
      open={(run) => void navigate({ to: '/p/$project/runs/$run', params: { project, run: run.id } })}
      sort={filter.sort ?? '-started_at'}
      sortBy={sortBy}
      more={runs.hasNextPage && !runs.isFetchingNextPage ? () => void runs.fetchNextPage() : undefined}
      height="calc(100vh - 148px)"
    />
  )
}

function useRunColumns(rows: Run[]): Column<Run>[] {
  const t = useTranslations('experiments')
  const locale = useLocale()
  const metrics = useMemo(() => commonNames(rows, (run) => run.metrics, 4), [rows])
  const params = useMemo(() => commonNames(rows, (run) => run.params, 3), [rows])
  return useMemo<Column<Run>[]>(
    () => [
      { id: 'name', head: t('name'), sort: 'name', width: 220, cell: (run) => <ThingLink kind="run" id={run.id}>{run.name || run.id}</ThingLink> },
      { id: 'status', head: t('status'), sort: 'status', width: 90, cell: (run) => <RunState run={run} /> },
      { id: 'experiment', head: t('experiment'), width: 120, cell: (run) => <span className="quiet">{run.experiment}</span> },
      ...metrics.map((name): Column<Run> => ({ id: `metric ${name}`, head: <span title={name}>{name}</span>, right: true, width: 92, cell: (run) => showWire(run.metrics[name]?.value, locale) })),
      ...params.map((name): Column<Run> => ({ id: `param ${name}`, head: <span title={name}>{name}</span>, width: 100, cell: (run) => <span title={String(run.params[name] ?? '')}>{showValue(run.params[name], locale)}</span> })),
      { id: 'duration', head: t('duration'), right: true, width: 90, cell: (run) => showSeconds(run.duration_seconds) },
      { id: 'started', head: t('started'), sort: 'started_at', right: true, width: 100, cell: (run) => <WallTime at={run.started_at} /> },
      { id: 'id', head: 'id', width: 110, right: true, cell: (run) => <Id id={run.id} /> },
    ],
    [metrics, params, t, locale],
  )
}
