import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import type { Job, Project } from '../api/types.ts'
import { healthQuery, jobsQuery } from '../features/jobs/queries.ts'
import { projectsQuery } from '../features/projects/queries.ts'
import { secondsBetween } from '../lib/time.ts'
import { showSeconds } from '../lib/units.ts'
import { Answer, Empty } from '../ui/Answer.tsx'
import { Id } from '../ui/Id.tsx'
import { Page, Section, Strip } from '../ui/Page.tsx'
import { State, type Tone } from '../ui/State.tsx'
import { Table } from '../ui/Table.tsx'
import { EventTime, WallTime } from '../ui/Time.tsx'

const route = getRouteApi('/p/$project/admin')
const TONES: Record<Job['state'], Tone> = { queued: 'idle', running: 'busy', done: 'good', failed: 'bad', cancelled: 'skip' }

/** Health, projects and jobs; nothing is changed here. */
export default function Admin() {
  const t = useTranslations('admin')
  const { project } = route.useParams()
  const health = useQuery(healthQuery())
  const projects = useQuery(projectsQuery())
  const jobs = useQuery(jobsQuery(project))
  return (
    <Page title={t('title')}>
      <Answer of={health}>
        {(found) => (
          <Strip
            items={[
              { label: t('health'), value: <State tone={found.status === 'ok' ? 'good' : 'bad'} word={found.status} /> },
              { label: t('version'), value: found.version },
              { label: t('database'), value: <State tone={found.database === 'ok' ? 'good' : 'bad'} word={found.database} /> },
              { label: t('failedDeliveries'), value: <span className={found.failed_deliveries ? 'state bad' : undefined}>{found.failed_deliveries}</span> },
            ]}
          />
        )}
      </Answer>
      <Section title={t('projects')}>
        <Answer of={projects}>
          {({ items }) => (
            <Table<Project>
              label={t('projects')}
              rows={items}
              keyOf={(each) => each.name}
              columns={[
                { id: 'name', head: t('projects'), width: 180, cell: (each) => each.name },
                { id: 'clock', head: t('clock'), width: 140, cell: (each) => (each.clock ? t(`clocks.${each.clock}`) : '–') },
                { id: 'watermark', head: t('settled'), right: true, width: 150, cell: (each) => <EventTime at={each.watermark} /> },
                { id: 'bundle', head: t('bundle'), right: true, width: 120, cell: (each) => <Id id={each.bundle} /> },
                { id: 'description', head: t('about'), cell: (each) => <span className="quiet">{each.description || '–'}</span> },
                { id: 'applied', head: t('applied'), right: true, width: 120, cell: (each) => <WallTime at={each.applied_at} /> },
              ]}
            />
          )}
        </Answer>
      </Section>
      <Section title={t('jobs')}>
        <Answer of={jobs}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t('noJobs')} text={t('noJobsText')} />
            ) : (
              <Table<Job>
                label={t('jobs')}
                rows={items}
                keyOf={(job) => job.id}
                height="calc(100vh - 330px)"
                columns={[
                  { id: 'kind', head: t('job'), width: 200, cell: (job) => <code>{job.kind}</code> },
                  { id: 'state', head: t('state'), width: 110, cell: (job) => <State tone={TONES[job.state]} word={t(`states.${job.state}`)} /> },
                  { id: 'subject', head: t('subject'), width: 160, cell: (job) => <Id id={job.subject} /> },
                  { id: 'error', head: '', cell: (job) => <span className="state bad" title={job.error ?? ''}>{job.error?.split('\n')[0]}</span> },
                  { id: 'took', head: t('took'), right: true, width: 90, cell: (job) => showSeconds(secondsBetween(job.started_at, job.finished_at)) },
                  { id: 'created', head: t('created'), right: true, width: 120, cell: (job) => <WallTime at={job.created_at} /> },
                ]}
              />
            )
          }
        </Answer>
      </Section>
    </Page>
  )
}
