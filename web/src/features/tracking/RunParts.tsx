import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, type ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { Artifact, Run, RunDetails } from '../../api/types.ts'
import { address, getText } from '../../lib/http.ts'
import { at, isRecord, textAt, type Json, type JsonRecord } from '../../lib/json.ts'
import { useLiveState } from '../../lib/live.ts'
import { snippets } from '../../lib/snippets.ts'
import { showBytes, showSeconds } from '../../lib/units.ts'
import { Answer, Empty } from '../../ui/Answer.tsx'
import { Code, Diff, Log } from '../../ui/Code.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Id } from '../../ui/Id.tsx'
import type { Zoom } from '../../ui/LineChart.tsx'
import { Facts, Section } from '../../ui/Page.tsx'
import { Table } from '../../ui/Table.tsx'
import { Choices } from '../../ui/Tabs.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { kindOf, ThingLink } from '../lineage/ThingLink.tsx'
import { MetricChart } from './MetricChart.tsx'
import { logsQuery } from './queries.ts'
import { showValue, showWire } from './values.ts'

export function RunOverview({ details }: { details: RunDetails }) {
  const t = useTranslations()
  const locale = useLocale()
  const { run, parent, children } = details
  const lines = Object.entries(run.metrics).filter(([, point]) => point.step > 0)
  const params = Object.entries(run.params)
  const pipelineRun = run.tags.pipeline_run
  return (
    <>
      {run.error ? (
        <Section title={t('run.error')}>
          <Log text={run.error} label={t('run.error')} limit={220} />
        </Section>
      ) : null}
      <div className="columns section">
        <Section>
          <Facts
            items={[
              [t('experiments.experiment'), run.experiment],
              typeof pipelineRun === 'string' ? [t('run.pipelineRun'), <ThingLink key="prun" kind="pipeline_run" id={pipelineRun} />] : null,
              [t('experiments.started'), <WallTime key="started" at={run.started_at} />],
              [t('experiments.duration'), showSeconds(run.duration_seconds)],
              commandOf(details.environment) ? ['command', <code key="command">{commandOf(details.environment)}</code>] : null,
              textAt(details.environment, 'entrypoint') ? ['entrypoint', <code key="entrypoint">{textAt(details.environment, 'entrypoint')}</code>] : null,
              textAt(details.environment, 'git.commit') ? ['git', <Id key="git" id={textAt(details.environment, 'git.commit')} />] : null,
              parent ? [t('run.parent'), <ThingLink key="parent" kind={kindOf(parent)} id={parent} />] : null,
              children.length ? [t('run.children'), <span key="children">{children.slice(0, 12).map((child) => <span key={child}><ThingLink kind="run" id={child} /> </span>)}</span>] : null,
              ...params.slice(0, 8).map(([name, value]): [string, ReactNode] => [name, <span key={name} className="num">{showValue(value, locale)}</span>]),
            ]}
          />
        </Section>
        {Object.keys(run.metrics).length ? (
          <Section title={t('experiments.metrics')}>
            <Facts items={Object.entries(run.metrics).slice(0, 12).map(([name, point]) => [name, <span key={name} className="num">{showWire(point.value, locale)}</span>])} />
          </Section>
        ) : null}
      </div>
      {lines.length ? (
        <div className="columns section">
          {lines.slice(0, 4).map(([metric]) => (
            <MetricChart key={metric} runs={[run]} metric={metric} height={150} />
          ))}
        </div>
      ) : run.kind === 'run' && Object.keys(run.metrics).length === 0 ? (
        <Empty title={t('run.noMetrics')} text={t('run.noMetricsText')} code={run.status === 'running' ? snippets.run : ''} />
      ) : null}
    </>
  )
}

type View = { x?: 'time' | undefined; smooth?: number | undefined; from?: number | undefined; to?: number | undefined; find?: string | undefined }

/** All metrics as charts; filter, axis, smoothing and zoom are in the link. */
export function RunCharts({ run, view, change }: { run: Run; view: View; change: (change: View) => void }) {
  const t = useTranslations('run')
  const names = Object.keys(run.metrics)
  if (names.length === 0) return <Empty title={t('noMetrics')} text={t('noMetricsText')} code={snippets.run} />
  const shown = names.filter((name) => name.toLowerCase().includes((view.find ?? '').toLowerCase()))
  const zoom: Zoom | undefined = view.from !== undefined && view.to !== undefined ? [view.from, view.to] : undefined
  const setZoom = (next: Zoom | undefined) => change({ from: next?.[0], to: next?.[1] })
  return (
    <>
      <div className="bar">
        <input className="field" type="search" aria-label={t('filter')} placeholder={t('filter')} value={view.find ?? ''} onChange={(event) => change({ find: event.target.value || undefined })} />
        <Choices
          label={t('xAxis')}
          choices={[
            { id: 'step', label: t('byStep') },
            { id: 'time', label: t('byTime') },
          ]}
          chosen={view.x ?? 'step'}
          choose={(id) => change({ x: id === 'time' ? 'time' : undefined, from: undefined, to: undefined })}
        />
        <label className="quiet">
          {t('smoothing')}{' '}
          <input type="range" min={0} max={0.98} step={0.02} value={view.smooth ?? 0} onChange={(event) => change({ smooth: Number(event.target.value) || undefined })} style={{ verticalAlign: 'middle', width: 120, accentColor: 'var(--accent)' }} />
        </label>
        <span className="num quiet">{(view.smooth ?? 0).toFixed(2)}</span>
      </div>
      <div className="columns">
        {shown.map((name) => (
          <MetricChart key={name} runs={[run]} metric={name} byTime={view.x === 'time'} weight={view.smooth ?? 0} zoom={zoom} setZoom={setZoom} />
        ))}
      </div>
    </>
  )
}

export function RunValues({ run }: { run: Run }) {
  const t = useTranslations('run')
  const locale = useLocale()
  const params = Object.entries(run.params)
  const tags = Object.entries(run.tags)
  if (params.length + tags.length === 0) return <Empty title={t('noParams')} text={t('noParamsText')} />
  return (
    <div className="columns">
      <Section title={t('tabs.params')}>
        <Facts items={params.map(([name, value]) => [name, <span key={name} className="num">{showValue(value, locale)}</span>])} />
      </Section>
      {tags.length ? (
        <Section title={t('tags')}>
          <Facts items={tags.map(([name, value]) => [name, String(value)])} />
        </Section>
      ) : null}
    </div>
  )
}

export function RunArtifacts({ details }: { details: RunDetails }) {
  const t = useTranslations('run')
  if (details.artifacts.length === 0) return <Empty title={t('noArtifacts')} text={t('noArtifactsText')} />
  return (
    <Table<Artifact>
      label={t('tabs.artifacts')}
      rows={details.artifacts}
      keyOf={(artifact) => artifact.id}
      columns={[
        { id: 'name', head: t('key'), cell: (artifact) => <a className="name" href={artifactAddress(artifact)} download aria-label={t('download', { name: artifact.name })}>{artifact.name}</a> },
        { id: 'kind', head: t('type'), width: 220, cell: (artifact) => <span className="quiet">{artifact.media_type}</span> },
        { id: 'size', head: t('size'), right: true, width: 90, cell: (artifact) => showBytes(artifact.size) },
        { id: 'digest', head: 'sha256', width: 110, cell: (artifact) => <Id id={artifact.blob} /> },
        { id: 'created', head: t('created'), right: true, width: 110, cell: (artifact) => <WallTime at={artifact.created_at} /> },
      ]}
    />
  )
}

function artifactAddress(artifact: Artifact): string {
  return address(`runs/${artifact.run}/artifacts/${artifact.name.split('/').map(encodeURIComponent).join('/')}`)
}

export function RunEnvironment({ details }: { details: RunDetails }) {
  const t = useTranslations('run')
  const { environment: conditions, artifacts } = details
  const diff = artifacts.find((artifact) => artifact.name.endsWith('.diff') || artifact.name.endsWith('.patch'))
  const packages = artifacts.find((artifact) => artifact.name.includes('packages') || artifact.name.includes('requirements'))
  if (Object.keys(conditions).length === 0 && !diff) return <Empty title={t('noEnvironment')} text={t('noEnvironmentText')} code={snippets.run} />
  const plain = Object.entries(conditions).filter(([name, value]) => name !== 'command' && !isRecord(value))
  const groups = groupsOf(conditions, '')
  return (
    <>
      <div className="columns">
        <Section title={t('machine')}>
          <Facts items={[commandOf(conditions) ? ['command', <code key="command">{commandOf(conditions)}</code>] : null, ...plain.map(([name, value]): [string, ReactNode] => [name, showPlain(value)])]} />
        </Section>
        {groups.map(([name, values]) => (
          <Section key={name} title={name}>
            <Facts items={values.map(([key, value]) => [key, showPlain(value)])} />
          </Section>
        ))}
      </div>
      {diff ? <TextArtifact artifact={diff} title={t('diff')} diff /> : null}
      {packages ? <TextArtifact artifact={packages} title={t('packages')} /> : null}
    </>
  )
}

/** Records in records, each as a group of its own plain values. */
function groupsOf(value: JsonRecord, prefix: string): [string, [string, Json][]][] {
  return Object.entries(value).flatMap(([name, each]): [string, [string, Json][]][] => {
    if (!isRecord(each)) return []
    const path = prefix ? `${prefix}.${name}` : name
    const plain = Object.entries(each).filter(([, inner]) => inner !== null && !isRecord(inner))
    return [...(plain.length ? [[path, plain] satisfies [string, [string, Json][]]] : []), ...groupsOf(each, path)]
  })
}

function showPlain(value: Json): ReactNode {
  if (typeof value === 'string') return value.startsWith('sha256:') ? <Id id={value} /> : value
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return value.length > 20 ? `${value.slice(0, 20).join(', ')} … (${value.length})` : value.join(', ')
  return typeof value === 'object' ? <code>{JSON.stringify(value)}</code> : String(value)
}

function TextArtifact({ artifact, title, diff = false }: { artifact: Artifact; title: string; diff?: boolean }) {
  const text = useQuery({ queryKey: ['artifact', artifact.blob], queryFn: ({ signal }) => getText(`runs/${artifact.run}/artifacts/${artifact.name}`, {}, signal) })
  return (
    <Section title={title} actions={<span className="quiet">{artifact.name}</span>}>
      <Answer of={text}>{(content) => (diff ? <Diff text={content} label={title} /> : <Code text={content} label={title} limit={320} />)}</Answer>
    </Section>
  )
}

function commandOf(conditions: Json): string {
  const command = at(conditions, 'command')
  return Array.isArray(command) ? command.join(' ') : (textAt(conditions, 'command') ?? '')
}

export function RunLogs({ run }: { run: Run }) {
  const t = useTranslations('run')
  const live = useLiveState()
  const logs = useQuery({ ...logsQuery(run.id), refetchInterval: run.status === 'running' && live !== 'paused' ? 2_000 : false })
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (run.status === 'running') end.current?.scrollIntoView({ block: 'nearest' })
  }, [logs.data, run.status])
  return (
    <Answer of={logs}>
      {({ lines }) =>
        lines.length === 0 ? (
          <Empty title={t('noLogs')} text={t('noLogsText')} />
        ) : (
          <>
            <Log text={lines.map((line) => line.text).join('\n')} label={t('tabs.logs')} limit={2_000} />
            <div ref={end}>{run.status === 'running' ? <Icon name="busy" size={12} /> : null}</div>
          </>
        )
      }
    </Answer>
  )
}
