import { queryOptions } from '@tanstack/react-query'
import { get, pagesOf } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'

/** The events that people read: without those that change nothing they see, and without a second event of one fact (a breach also opens an alert and fires). */
export const MAIN_KINDS = [
  'project.applied',
  'rows.quarantined',
  'pipeline_run.started',
  'pipeline_run.failed',
  'model_version.created',
  'promotion.approved',
  'promotion.rejected',
  'deployment.live',
  'deployment.rolled_back',
  'deployment.failed',
  'monitor.breached',
  'alert.resolved',
  'trigger.skipped',
  'bake.passed',
  'bake.failed',
  'run.failed',
]

/** The newest first. */
export const historyQuery = (project: string, kinds: string[] | undefined, subject?: string) =>
  pagesOf(
    keys.history(project, kinds?.join() ?? '', subject),
    '/api/v1/projects/{project}/events',
    { project },
    { kinds, subject, limit: 60 },
  )

/** What explains a line over event time: retrainings, promotions, rejections, rollbacks. */
const MARKS = ['pipeline_run.started', 'promotion.rejected', 'deployment.live', 'deployment.rolled_back']

export const marksQuery = (project: string) =>
  queryOptions({
    queryKey: keys.history(project, 'marks'),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/events', { project }, { kinds: MARKS.join(), limit: 1_000 }, signal),
  })
