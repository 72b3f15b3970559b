import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import type { Pipeline, PipelineRun } from '../api/types.ts'
import { triggersQuery } from '../features/delivery/queries.ts'
import { duration } from '../features/features/FeatureList.tsx'
import { Reason } from '../features/history/Reason.tsx'
import { ThingLink } from '../features/lineage/ThingLink.tsx'
import { PipelineRunState } from '../features/pipelines/PipelineState.tsx'
import { pipelineRunsQuery, pipelinesQuery } from '../features/pipelines/queries.ts'
import { change } from '../lib/http.ts'
import { snippets } from '../lib/snippets.ts'
import { showSeconds } from '../lib/units.ts'
import { Answer, Bones, Empty, Failure } from '../ui/Answer.tsx'
import { Icon } from '../ui/Icon.tsx'
import { Id } from '../ui/Id.tsx'
import { Page, Section } from '../ui/Page.tsx'
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
      <Answer of={pipelines}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('empty')} text={t('emptyText')} code={snippets.pipeline} />
          ) : (
            <>
              <Table<Pipeline>
                label={t('title')}
                rows={items}
                keyOf={(pipeline) => pipeline.name}
                selected={search.pipeline}
                select={(pipeline) => void navigate({ search: { pipeline: pipeline.name === search.pipeline ? undefined : pipeline.name }, replace: true })}
                columns={[
                  { id: 'name', head: t('pipeline'), width: 180, cell: (pipeline) => <b style={{ fontWeight: 500 }}>{pipeline.name}</b> },
                  { id: 'steps', head: t('stepNames'), cell: (pipeline) => <span className="mono quiet">{pipeline.calls.map((call) => call.name).join(' → ')}</span> },
                  { id: 'holdout', head: t('holdout'), right: true, width: 110, cell: (pipeline) => (pipeline.holdout_seconds ? duration(pipeline.holdout_seconds) : '–') },
                  { id: 'triggers', head: t('triggers'), width: 260, cell: (pipeline) => triggers.data?.items.filter((trigger) => trigger.definition.policy.pipeline === pipeline.name).map((trigger) => trigger.definition.name).join(', ') || '–' },
                  { id: 'start', head: '', right: true, width: 130, cell: (pipeline) => <StartButton pipeline={pipeline} project={project} /> },
                ]}
              />
              <Section title={search.pipeline ? `${t('runs')}: ${search.pipeline}` : t('runs')}>
                <PipelineRuns project={project} pipeline={search.pipeline} />
              </Section>
            </>
          )
        }
      </Answer>
    </Page>
  )
}

function StartButton({ pipeline, project }: { pipeline: Pipeline; project: string }) {
  const t = useTranslations('pipelines')
  const client = useQueryClient()
  const navigate = useNavigate()
  const started = useMutation({
    mutationFn: () => change<PipelineRun>('POST', `pipelines/${encodeURIComponent(pipeline.name)}/runs`, { parameters: {} }, { project }),
    onSuccess: (run) => navigate({ to: '/p/$project/pipeline-runs/$run', params: { project, run: run.id } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['pipelines'] }),
  })
  return (
    <button type="button" className="button" style={{ height: 22 }} disabled={started.isPending} onClick={() => started.mutate()} title={started.error?.message}>
      <Icon name={started.error ? 'warn' : 'play'} size={11} />
      {t('start')}
    </button>
  )
}

function PipelineRuns({ project, pipeline }: { project: string; pipeline: string | undefined }) {
  const t = useTranslations('pipelines')
  const navigate = useNavigate()
  const runs = useInfiniteQuery(pipelineRunsQuery(project, pipeline))
  if (runs.error && !runs.data) return <Failure error={runs.error} again={() => void runs.refetch()} />
  if (!runs.data) return <Bones rows={8} />
  const rows = runs.data.pages.flatMap((page) => page.items)
  if (rows.length === 0) return <Empty title={t('noRuns')} text={t('noRunsText')} code={snippets.model} />
  return (
    <Table<PipelineRun>
      label={t('runs')}
      rows={rows}
      keyOf={(run) => run.id}
      open={(run) => void navigate({ to: '/p/$project/pipeline-runs/$run', params: { project, run: run.id } })}
      more={runs.hasNextPage && !runs.isFetchingNextPage ? () => void runs.fetchNextPage() : undefined}
      height="calc(100vh - 260px)"
      columns={[
        { id: 'pipeline', head: t('pipeline'), width: 180, cell: (run) => <ThingLink kind="pipeline_run" id={run.id}>{run.pipeline}</ThingLink> },
        { id: 'status', head: t('state'), width: 100, cell: (run) => <PipelineRunState status={run.status} /> },
        { id: 'until', head: t('until'), right: true, width: 140, cell: (run) => <EventTime at={run.until} /> },
        { id: 'cutoff', head: t('cutoff'), right: true, width: 140, cell: (run) => <EventTime at={run.cutoff} /> },
        { id: 'trigger', head: t('trigger'), width: 140, cell: (run) => <Reason text={run.trigger || '–'} /> },
        { id: 'reason', head: t('reason'), cell: (run) => run.error ? <span className="state bad" title={run.error}>{run.error.split('\n')[0]}</span> : <Reason text={run.reason} /> },
        { id: 'seconds', head: t('took'), right: true, width: 90, cell: (run) => showSeconds(run.seconds) },
        { id: 'created', head: t('started'), right: true, width: 110, cell: (run) => <WallTime at={run.created_at} /> },
        { id: 'id', head: 'id', right: true, width: 120, cell: (run) => <Id id={run.id} /> },
      ]}
    />
  )
}
