import { queryOptions } from '@tanstack/react-query'
import { get, pagesOf } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'

export type RunFilter = {
  experiment?: string | undefined
  status?: string | undefined
  kind?: string | undefined
  sort?: string | undefined
}

export const runsQuery = (project: string, filter: RunFilter) =>
  pagesOf(
    keys.runs(project, filter.experiment, filter.status, filter.kind, filter.sort),
    '/api/v1/projects/{project}/runs',
    { project },
    filter,
  )

export const experimentsQuery = (project: string) =>
  queryOptions({
    queryKey: keys.experiments(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/experiments', { project }, { limit: 1_000 }, signal),
  })

export const runQuery = (run: string) =>
  queryOptions({ queryKey: keys.run(run), queryFn: ({ signal }) => get('/api/v1/runs/{run}', { run }, {}, signal) })

const BUCKETS = 400

export const seriesQuery = (run: string, metric: string) =>
  queryOptions({
    queryKey: keys.series(run, metric),
    queryFn: ({ signal }) => get('/api/v1/runs/{run}/series', { run }, { key: metric, buckets: BUCKETS }, signal),
  })

/** The console output of a run from its first line. */
export const logsQuery = (run: string) =>
  queryOptions({ queryKey: keys.logs(run), queryFn: ({ signal }) => get('/api/v1/runs/{run}/logs', { run }, { limit: 10_000 }, signal) })
