import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { Job } from '../../api/types.ts'
import { secondsBetween } from '../../lib/time.ts'
import { showSeconds } from '../../lib/units.ts'
import { ConfirmButton } from '../../ui/ConfirmButton.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Id } from '../../ui/Id.tsx'
import { PagedTable } from '../../ui/PagedTable.tsx'
import { State, type Tone } from '../../ui/State.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { usePermission } from '../access/usePermission.ts'
import { jobsQuery } from './queries.ts'

const TONES: Record<Job['state'], Tone> = { queued: 'idle', running: 'busy', done: 'good', failed: 'bad', cancelled: 'skip' }

/** Background work of a project, the newest first. */
export function JobList({ project }: { project: string }) {
  const t = useTranslations('admin')
  const client = useQueryClient()
  const permission = usePermission('operate')
  const jobs = useInfiniteQuery(jobsQuery(project))
  const cancel = async (job: Job) => {
    await change('post', '/api/v1/jobs/{job}/cancel', { job: job.id })
    await client.invalidateQueries({ queryKey: keys.all('jobs') })
  }
  return (
    <PagedTable<Job>
      of={jobs}
      empty={<Empty title={t('noJobs')} text={t('noJobsText')} />}
      label={t('jobs')}
      keyOf={(job) => job.id}
      height="calc(100vh - 240px)"
      columns={[
        { id: 'kind', head: t('job'), width: 200, cell: (job) => <code>{job.kind}</code> },
        { id: 'state', head: t('state'), width: 120, cell: (job) => <State tone={TONES[job.state]} word={t(`states.${job.state}`)} /> },
        { id: 'subject', head: t('subject'), width: 160, cell: (job) => <Id id={job.subject} /> },
        {
          id: 'error',
          head: t('error'),
          cell: (job) => (
            <span className="state bad" title={job.error ?? ''}>
              {job.error?.split('\n')[0]}
            </span>
          ),
        },
        {
          id: 'took',
          head: t('took'),
          right: true,
          width: 100,
          cell: (job) => showSeconds(secondsBetween(job.started_at, job.finished_at)),
        },
        { id: 'created', head: t('created'), right: true, width: 120, cell: (job) => <WallTime at={job.created_at} /> },
        {
          id: 'cancel',
          head: '',
          right: true,
          width: 110,
          cell: (job) =>
            job.state === 'queued' || job.state === 'running' ? (
              <ConfirmButton
                className="button small"
                label={t('cancelJob')}
                title={t('cancelJobTitle', { kind: job.kind })}
                text={t('cancelJobText')}
                confirm={t('cancelJobConfirm')}
                act={() => cancel(job)}
                permission={permission}
                danger
              />
            ) : null,
        },
      ]}
    />
  )
}
