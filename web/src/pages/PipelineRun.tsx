import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { PipelineRunDetails, Step, StepValue } from '../api/types.ts'
import { Evidence } from '../features/history/Evidence.tsx'
import { Trigger } from '../features/pipelines/Trigger.tsx'
import { Linked } from '../features/lineage/Linked.tsx'
import { LineageLink } from '../features/lineage/LineageLink.tsx'
import { EntityLink } from '../features/lineage/EntityLink.tsx'
import { CancelRun } from '../features/pipelines/CancelRun.tsx'
import { PipelineRunState, StepStateSign } from '../features/pipelines/PipelineState.tsx'
import { pipelineRunQuery } from '../features/pipelines/queries.ts'
import { VersionLink } from '../features/registry/VersionLink.tsx'
import { logsQuery } from '../features/tracking/queries.ts'
import { useLiveState } from '../lib/live.ts'
import { secondsBetween } from '../lib/time.ts'
import { showBytes, showCount, showSeconds } from '../lib/units.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { Failure } from '../ui/Failure.tsx'
import { Log } from '../ui/Code.tsx'
import { Id } from '../ui/Id.tsx'
import { DescriptionList } from '../ui/DescriptionList.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { StatBar } from '../ui/StatBar.tsx'
import { Table } from '../ui/Table.tsx'
import { EventTime, WallTime } from '../ui/Time.tsx'

const route = getRouteApi('/p/$project/pipeline-runs/$run')

/** One run of a pipeline: its steps in order, and the chosen step with all that its cache key was made of. */
export default function PipelineRun() {
  const t = useTranslations('pipelines')
  const { project, run } = route.useParams()
  const live = useLiveState()
  const found = useQuery({
    ...pipelineRunQuery(run),
    refetchInterval: (query) =>
      live !== 'paused' && (query.state.data?.status === 'running' || query.state.data?.status === 'queued') ? 1_500 : false,
  })
  const data = found.data
  return (
    <Page
      title={data?.pipeline ?? run}
      crumb={
        <Link to="/p/$project/pipelines" params={{ project }} search={data ? { pipeline: data.pipeline } : {}}>
          {t('title')}
        </Link>
      }
      beside={
        <>
          {data ? <PipelineRunState status={data.status} /> : null}
          <Id id={run} />
        </>
      }
      actions={
        <>
          {data?.status === 'running' || data?.status === 'queued' ? <CancelRun run={run} pipeline={data.pipeline} /> : null}
          <LineageLink kind="pipeline_run" id={run} />
        </>
      }
    >
      <QueryBoundary of={found}>{(details) => <Details run={details} />}</QueryBoundary>
    </Page>
  )
}

function Details({ run }: { run: PipelineRunDetails }) {
  const t = useTranslations('pipelines')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { steps } = run
  const chosen = steps.find((step) => step.name === search.step) ?? steps.find((step) => step.state === 'failed') ?? steps[0]
  return (
    <>
      <StatBar
        items={[
          { label: t('until'), value: <EventTime at={run.until} /> },
          { label: t('cutoff'), value: <EventTime at={run.cutoff} /> },
          { label: t('took'), value: showSeconds(run.seconds ?? secondsBetween(run.started_at, run.finished_at)) },
          { label: t('cachedSteps'), value: `${steps.filter((step) => step.state === 'cached').length} / ${steps.length}` },
          { label: t('trigger'), value: <Trigger run={run} /> },
          {
            label: t('registered'),
            value: run.versions.length ? run.versions.map((version) => <VersionLink key={version} id={version} />) : '–',
          },
          { label: t('started'), value: <WallTime at={run.started_at ?? run.created_at} /> },
        ]}
      />
      {run.error ? <Log text={run.error} label={t('error')} limit={160} /> : null}
      {Object.keys(run.evidence).length ? (
        <details className="section">
          <summary>{t('evidence')}</summary>
          <Evidence of={run.evidence} />
        </details>
      ) : null}
      <div className="beside section">
        <Table<Step>
          label={t('stepNames')}
          rows={steps}
          keyOf={(step) => step.name}
          selected={chosen?.name}
          select={(step) => void navigate({ search: { step: step.name }, replace: true })}
          columns={[
            { id: 'position', head: '#', right: true, width: 44, cell: (step) => steps.indexOf(step) + 1 },
            { id: 'name', head: t('step'), width: 170, cell: (step) => <b style={{ fontWeight: 500 }}>{step.name}</b> },
            { id: 'state', head: t('state'), width: 120, cell: (step) => <StepStateSign state={step.state} /> },
            { id: 'seconds', head: t('took'), right: true, width: 80, cell: (step) => showSeconds(step.seconds) },
            { id: 'span', head: '', cell: (step) => <Span step={step} run={run} /> },
            { id: 'takes', head: t('takes'), width: 150, cell: (step) => <span className="quiet">{step.takes.join(', ')}</span> },
            { id: 'key', head: t('key'), right: true, width: 90, cell: (step) => <Id id={step.key} /> },
          ]}
        />
        {chosen ? (
          <aside>
            <StepDetails step={chosen} />
          </aside>
        ) : null}
      </div>
      {chosen?.run ? <StepLog run={chosen.run} active={chosen.state === 'running'} name={chosen.name} /> : null}
    </>
  )
}

/** When the step ran, as a bar on the time of the whole run. */
function Span({ step, run }: { step: Step; run: PipelineRunDetails }) {
  const begin = run.started_at ? Date.parse(run.started_at) : NaN
  const end = run.finished_at ? Date.parse(run.finished_at) : Date.now()
  if (!step.started_at || !(end > begin)) return null
  const from = Math.max(0, (Date.parse(step.started_at) - begin) / (end - begin))
  const to = Math.min(1, ((step.finished_at ? Date.parse(step.finished_at) : Date.now()) - begin) / (end - begin))
  return (
    <svg width="100%" height="8" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden>
      <rect x={0} y={3.5} width={100} height={1} fill="var(--line)" />
      <rect
        x={from * 100}
        y={1}
        width={Math.max((to - from) * 100, 0.6)}
        height={6}
        rx={0.5}
        fill={step.state === 'failed' ? 'var(--bad)' : step.state === 'cached' ? 'var(--line-strong)' : 'var(--accent)'}
      />
    </svg>
  )
}

function StepDetails({ step }: { step: Step }) {
  const t = useTranslations('pipelines')
  return (
    <>
      <h2 className="heading">{step.name}</h2>
      {step.error ? <Log text={step.error} label={t('error')} limit={200} /> : null}
      <DescriptionList
        items={[
          [t('state'), <StepStateSign key="state" state={step.state} />],
          [t('entrypoint'), <code key="entrypoint">{step.entrypoint}</code>],
          [t('run'), step.run ? <EntityLink key="run" kind="run" id={step.run} /> : '–'],
          step.produced_by ? [t('producedBy'), <EntityLink key="by" kind="run" id={step.produced_by} />] : null,
          step.attempts > 1 ? [t('attempts'), step.attempts] : null,
        ]}
      />
      <Section title={t('inputs')}>
        <DescriptionList
          items={[
            ...Object.entries(step.inputs).map(([name, value]): [string, ReactNode] => [name, <Value key={name} of={value} />]),
            ...Object.entries(step.arguments).map(([name, value]): [string, ReactNode] => [
              name,
              <Linked key={name} text={typeof value === 'string' ? value : JSON.stringify(value)} />,
            ]),
          ]}
        />
        {Object.keys(step.inputs).length + Object.keys(step.arguments).length === 0 ? <span className="quiet">–</span> : null}
      </Section>
      <Section title={t('output')}>{step.output === null ? <span className="quiet">–</span> : <Value of={step.output} />}</Section>
      <Section title={t('keyParts')}>
        <Evidence of={step.key_parts} />
      </Section>
    </>
  )
}

/** A value between steps: what it is, how large, and its digest. */
function Value({ of }: { of: StepValue }) {
  const locale = useLocale()
  const summary = Object.entries(of.summary).filter(([, each]) => typeof each !== 'object')
  return (
    <span>
      {of.type}{' '}
      <span className="quiet">
        {summary.map(([name, each]) => `${name} ${typeof each === 'number' ? showCount(each, locale) : String(each)}`).join(' · ')}
      </span>
      <br />
      <span className="quiet">
        {of.format} · {showBytes(of.size)} · <Id id={of.digest} />
      </span>
    </span>
  )
}

function StepLog({ run, active, name }: { run: string; active: boolean; name: string }) {
  const t = useTranslations('pipelines')
  const live = useLiveState()
  const logs = useQuery({ ...logsQuery(run), refetchInterval: active && live !== 'paused' ? 2_000 : false })
  if (logs.error) return <Failure error={logs.error} />
  return (
    <Section title={`${t('log')}: ${name}`}>
      {logs.data?.lines.length ? (
        <Log text={logs.data.lines.map((line) => line.text).join('\n')} label={t('log')} />
      ) : (
        <p className="quiet">{t('noLog')}</p>
      )}
    </Section>
  )
}
