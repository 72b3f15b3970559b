import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { LedgerEvent, Page } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

/** What people want to read: neither events that decide nothing, nor a second one of the same fact (a breach also opens an alert and fires). */
export const DECISIONS = [
  'project.applied', 'rows.quarantined', 'pipeline_run.started', 'pipeline_run.failed', 'model_version.created', 'promotion.approved', 'promotion.rejected',
  'deployment.live', 'deployment.rolled_back', 'deployment.failed', 'monitor.breached', 'alert.resolved', 'trigger.skipped', 'bake.passed', 'bake.failed', 'run.failed',
]

/** The newest page has nothing before it: 0 is left out of the address. */
const START = 0

export const historyQuery = (project: string, kinds: string[] | undefined, subject?: string) =>
  infiniteQueryOptions({
    queryKey: ['history', project, kinds?.join(), subject],
    queryFn: ({ pageParam, signal }) => get<Page<LedgerEvent>>('history', { project, kinds, subject, before: pageParam || undefined, limit: 60 }, signal),
    initialPageParam: START,
    getNextPageParam: (last) => (last.next === null ? undefined : Number(last.next)),
  })

/** What explains a line over event time: retrainings, promotions, rejections, rollbacks. */
const MARKS = ['pipeline_run.started', 'promotion.rejected', 'deployment.live', 'deployment.rolled_back']

export const marksQuery = (project: string) => queryOptions({ queryKey: ['history', project, 'marks'], queryFn: ({ signal }) => get<Page<LedgerEvent>>('history', { project, kinds: MARKS, limit: 1_000 }, signal) })
