import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import type { PipelineSummary, PipelineRunSummary } from '../api/types.ts'
import { triggersQuery } from '../features/delivery/queries.ts'
import { compactDuration } from '../lib/time.ts'
import { EntityLink } from '../features/lineage/EntityLink.tsx'
import { StartPipeline } from '../features/pipelines/StartPipeline.tsx'
import { Trigger } from '../features/pipelines/Trigger.tsx'
import { PipelineRunState } from '../features/pipelines/PipelineState.tsx'
import { pipelineRunsQuery, pipelinesQuery } from '../features/pipelines/queries.ts'
import { snippets } from '../lib/snippets.ts'
import { showSeconds } from '../lib/units.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { Empty } from '../ui/Empty.tsx'
import { Id } from '../ui/Id.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { PagedTable } from '../ui/PagedTable.tsx'
import { Table } from '../ui/Table.tsx'
import { EventTime, WallTime } from '../ui/Time.tsx'

const route = getRouteApi('/p/$project/pipelines')

/** Pipelines and what starts them, and below all their runs. */
export default function Pipelines() {
  const t = useTranslations('pipelines')
  const { project } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const pipelines = useQuery(pipelinesQuery(project))
  const triggers = useQuery(triggersQuery(project))
  return (
    <Page title={t('title')}>
      <QueryBoundary of={pipelines}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('empty')} text={t('emptyText')} code={snippets.pipeline} />
          ) : (
            <>
              <Table<PipelineSummary>
                label={t('title')}
                rows={items}
                keyOf={(pipeline) => pipeline.name}
                selected={search.pipeline}
                select={(pipeline) =>
                  void navigate({ search: { pipeline: pipeline.name === search.pipeline ? undefined : pipeline.name }, replace: true })
                }
                columns={[
                  { id: 'name', head: t('pipeline'), width: 180, cell: (pipeline) => <b style={{ fontWeight: 500 }}>{pipeline.name}</b> },
                  {
                    id: 'steps',
                    head: t('stepNames'),
                    cell: (pipeline) => <span className="mono quiet">{pipeline.calls.map((call) => call.name).join(' → ')}</span>,
                  },
                  {
                    id: 'holdout',
                    head: t('holdout'),
                    right: true,
                    width: 110,
                    cell: (pipeline) => (pipeline.holdout_seconds ? compactDuration(pipeline.holdout_seconds) : '–'),
                  },
                  {
                    id: 'triggers',
                    head: t('triggers'),
                    width: 260,
                    cell: (pipeline) =>
                      triggers.data?.items
                        .filter((trigger) => trigger.definition.policy.pipeline === pipeline.name)
                        .map((trigger) => trigger.definition.name)
                        .join(', ') || '–',
                  },
                  {
                    id: 'start',
                    head: '',
                    right: true,
                    width: 130,
                    cell: (pipeline) => <StartPipeline pipeline={pipeline} project={project} />,
                  },
                ]}
              />
              <Section title={search.pipeline ? `${t('runs')}: ${search.pipeline}` : t('runs')}>
                <PipelineRuns project={project} pipeline={search.pipeline} />
              </Section>
            </>
          )
        }
      </QueryBoundary>
    </Page>
  )
}

function PipelineRuns({ project, pipeline }: { project: string; pipeline: string | undefined }) {
  const t = useTranslations('pipelines')
  const navigate = useNavigate()
  const runs = useInfiniteQuery(pipelineRunsQuery(project, pipeline))
  return (
    <PagedTable<PipelineRunSummary>
      of={runs}
      empty={<Empty title={t('noRuns')} text={t('noRunsText')} code={snippets.model} />}
      label={t('runs')}
      keyOf={(run) => run.id}
      open={(run) => void navigate({ to: '/p/$project/pipeline-runs/$run', params: { project, run: run.id } })}
      height="calc(100vh - 260px)"
      layout="pipeline-runs"
      columns={[
        {
          id: 'pipeline',
          head: t('pipeline'),
          width: 140,
          cell: (run) => (
            <EntityLink kind="pipeline_run" id={run.id}>
              {run.pipeline}
            </EntityLink>
          ),
        },
        { id: 'status', head: t('state'), width: 110, cell: (run) => <PipelineRunState status={run.status} /> },
        { id: 'until', head: t('until'), right: true, width: 124, cell: (run) => <EventTime at={run.until} /> },
        { id: 'cutoff', head: t('cutoff'), right: true, width: 124, cell: (run) => <EventTime at={run.cutoff} /> },
        { id: 'trigger', head: t('trigger'), width: 210, cell: (run) => <Trigger run={run} /> },
        {
          id: 'error',
          head: t('error'),
          cell: (run) =>
            run.error ? (
              <span className="state bad" title={run.error}>
                {run.error.split('\n')[0]}
              </span>
            ) : (
              <span className="quiet">–</span>
            ),
        },
        { id: 'seconds', head: t('took'), right: true, width: 100, cell: (run) => showSeconds(run.seconds) },
        { id: 'created', head: t('started'), right: true, width: 110, cell: (run) => <WallTime at={run.created_at} /> },
        { id: 'id', head: 'id', right: true, width: 120, cell: (run) => <Id id={run.id} /> },
      ]}
    />
  )
}
