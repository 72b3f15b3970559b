import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Console, Experiment, Page, Run, RunDetails, Series } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

export type RunFilter = { experiment?: string | undefined; status?: string | undefined; kind?: string | undefined; sort?: string | undefined }

const FIRST = ''

export const runsQuery = (project: string, filter: RunFilter) =>
  infiniteQueryOptions({
    queryKey: ['runs', project, filter.experiment, filter.status, filter.kind, filter.sort],
    queryFn: ({ pageParam, signal }) => get<Page<Run>>('runs', { project, ...filter, limit: 200, cursor: pageParam }, signal),
    initialPageParam: FIRST,
    getNextPageParam: (last) => last.next ?? undefined,
  })

export const experimentsQuery = (project: string) => queryOptions({ queryKey: ['experiments', project], queryFn: ({ signal }) => get<Page<Experiment>>('experiments', { project }, signal) })

export const runQuery = (run: string) => queryOptions({ queryKey: ['runs', 'one', run], queryFn: ({ signal }) => get<RunDetails>(`runs/${run}`, {}, signal) })

const BUCKETS = 400

export const seriesQuery = (run: string, key: string) => queryOptions({ queryKey: ['series', run, key], queryFn: ({ signal }) => get<Series>(`runs/${run}/series`, { key, buckets: BUCKETS }, signal) })

/** The end of a run's console output. */
export const logsQuery = (run: string) => queryOptions({ queryKey: ['runs', 'logs', run], queryFn: ({ signal }) => get<Console>(`runs/${run}/logs`, { limit: 10_000 }, signal) })
