import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { Deployment, Endpoint, Prediction } from '../../api/types.ts'
import { change } from '../../lib/http.ts'
import { snippets } from '../../lib/snippets.ts'
import { showNumber } from '../../lib/units.ts'
import { Answer, Empty, Failure } from '../../ui/Answer.tsx'
import { Code } from '../../ui/Code.tsx'
import { Id } from '../../ui/Id.tsx'
import { LineChart } from '../../ui/LineChart.tsx'
import { Facts, Section } from '../../ui/Page.tsx'
import { Table } from '../../ui/Table.tsx'
import { EventTime, WallTime } from '../../ui/Time.tsx'
import { ThingLink } from '../lineage/ThingLink.tsx'
import { Reason } from '../history/Reason.tsx'
import { VersionLink } from '../registry/VersionLink.tsx'
import { DeploymentStateSign } from './EndpointState.tsx'
import { deploymentsQuery, predictionsQuery } from './queries.ts'

const DAY = 86_400

export function EndpointOverview({ endpoint }: { endpoint: Endpoint }) {
  const t = useTranslations('endpoints')
  const deployments = useQuery(deploymentsQuery(endpoint.name))
  const deployment = deployments.data?.items.find((each) => each.id === endpoint.deployment)
  const refused = deployments.data?.items.find((each) => each.state === 'failed' && each.revision > (deployment?.revision ?? 0))
  return (
    <>
      {refused?.why ? <p className="notice">{refused.why}</p> : null}
      {endpoint.days.length > 1 ? (
        <LineChart
          title={t('volume')}
          unit={t('perEventDay')}
          x={endpoint.days.map(([day]) => day * DAY)}
          kind="event"
          xLabel={t('eventTime')}
          lines={[{ label: t('predictions'), values: endpoint.days.map(([, count]) => count), color: '--series-1', fill: true }]}
          from={0}
          height={140}
          daily
        />
      ) : null}
      <div className="columns section">
        <Section title={t('serves')}>
          <Facts
            items={[
              [t('model'), <ThingLink key="model" kind="model" id={endpoint.model}>{endpoint.model}</ThingLink>],
              [t('version'), endpoint.version ? <VersionLink key="version" id={endpoint.version} /> : '–'],
              [t('features'), <ThingLink key="features" kind="feature_service" id={endpoint.features}>{endpoint.features}</ThingLink>],
              [t('deployment'), endpoint.deployment ? <Id key="deployment" id={endpoint.deployment} /> : '–'],
              [t('liveSince'), <WallTime key="live" at={endpoint.deployed_at} />],
              [t('reason'), deployment ? <Reason key="reason" text={deployment.reason} /> : '–'],
              endpoint.description ? [t('about'), endpoint.description] : null,
            ]}
          />
        </Section>
        <Section title={t('call')}>
          <Code text={curlOf(endpoint, exampleOf(endpoint))} label={t('call')} wrap />
        </Section>
      </div>
    </>
  )
}

export function DeploymentList({ endpoint }: { endpoint: Endpoint }) {
  const t = useTranslations('endpoints')
  const client = useQueryClient()
  const deployments = useQuery(deploymentsQuery(endpoint.name))
  const back = useMutation({
    mutationFn: () => change<Deployment>('POST', `endpoints/${encodeURIComponent(endpoint.name)}/rollback`, { reason: t('byHand') }),
    onSettled: () => client.invalidateQueries({ queryKey: ['endpoints'] }),
  })
  const [sure, setSure] = useState(false)
  return (
    <Answer of={deployments}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t('noDeployments')} text={t('noDeploymentsText')} code={snippets.model} />
        ) : (
          <>
            {back.error ? <Failure error={back.error} /> : null}
            <div className="bar">
              <div className="right">
                {sure ? (
                  <>
                    <span>{t('rollBackSure')}</span>
                    <button
                      type="button"
                      className="button primary"
                      disabled={back.isPending}
                      onClick={() => {
                        setSure(false)
                        back.mutate()
                      }}
                    >
                      {t('rollBack')}
                    </button>
                    <button type="button" className="button" onClick={() => setSure(false)}>
                      {t('keep')}
                    </button>
                  </>
                ) : (
                  <button type="button" className="button" disabled={items.length < 2} onClick={() => setSure(true)}>
                    {t('rollBack')}
                  </button>
                )}
              </div>
            </div>
            <Table<Deployment>
              label={t('tabs.deployments')}
              rows={items}
              keyOf={(deployment) => deployment.id}
              height="calc(100vh - 190px)"
              columns={[
                { id: 'revision', head: '#', right: true, width: 52, cell: (deployment) => deployment.revision },
                { id: 'state', head: t('state'), width: 120, cell: (deployment) => <DeploymentStateSign state={deployment.state} /> },
                { id: 'version', head: t('version'), width: 150, cell: (deployment) => <VersionLink id={deployment.version} /> },
                { id: 'reason', head: t('reason'), cell: (deployment) => <Reason text={deployment.why ?? deployment.reason} /> },
                { id: 'id', head: 'id', width: 120, right: true, cell: (deployment) => <Id id={deployment.id} /> },
                { id: 'created', head: t('created'), right: true, width: 110, cell: (deployment) => <WallTime at={deployment.created_at} /> },
                { id: 'live', head: t('liveSince'), right: true, width: 110, cell: (deployment) => <WallTime at={deployment.live_at} /> },
              ]}
            />
          </>
        )
      }
    </Answer>
  )
}

export function PredictionList({ endpoint, project }: { endpoint: Endpoint; project: string }) {
  const t = useTranslations('endpoints')
  const locale = useLocale()
  const navigate = useNavigate()
  const predictions = useQuery(predictionsQuery(endpoint.name))
  return (
    <Answer of={predictions}>
      {({ items }) => {
        const names = Object.keys(items[0]?.inputs ?? {}).slice(0, 6)
        return items.length === 0 ? (
          <Empty title={t('noPredictions')} text={t('noPredictionsText')} code={curlOf(endpoint, exampleOf(endpoint))} />
        ) : (
          <Table<Prediction>
            label={t('tabs.predictions')}
            rows={items}
            keyOf={(prediction) => prediction.id}
            open={(prediction) => void navigate({ to: '/p/$project/predictions/$prediction', params: { project, prediction: prediction.id } })}
            height="calc(100vh - 230px)"
            columns={[
              { id: 'id', head: 'id', width: 250, cell: (prediction) => <ThingLink kind="prediction" id={prediction.id}>{prediction.id}</ThingLink> },
              { id: 'event', head: t('eventTime'), right: true, width: 130, cell: (prediction) => <EventTime at={prediction.event_at} /> },
              { id: 'entity', head: t('entity'), width: 110, cell: (prediction) => String(prediction.entity) },
              { id: 'output', head: t('output'), right: true, width: 90, cell: (prediction) => <b style={{ fontWeight: 500 }}>{showNumber(prediction.output, locale)}</b> },
              ...names.map((name) => ({ id: `input ${name}`, head: <span title={name}>{name}</span>, right: true, cell: (prediction: Prediction) => showInput(prediction.inputs[name], locale) })),
              { id: 'version', head: t('version'), width: 110, right: true, cell: (prediction) => <VersionLink id={prediction.version} /> },
              { id: 'received', head: t('received'), right: true, width: 100, cell: (prediction) => <WallTime at={prediction.received_at} /> },
            ]}
          />
        )
      }}
    </Answer>
  )
}

export function showInput(value: string | number | boolean | null | undefined, locale: string): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'number' ? showNumber(value, locale) : String(value)
}

type Tensor = { name: string; shape: number[]; datatype: string; data: (string | number)[] }
type Request = { id: string; inputs: Tensor[]; parameters?: { event_time: string } }

const DATATYPES: Record<string, string> = { int: 'INT64', float: 'FP64', bool: 'BOOL', str: 'BYTES', datetime: 'BYTES' }

/** A request of Open Inference Protocol v2 with one row. */
function exampleOf(endpoint: Endpoint): Request {
  return {
    id: 'try-1',
    parameters: { event_time: exampleTime(endpoint) },
    inputs: endpoint.inputs.map((input) => ({ name: input.name, shape: [1], datatype: DATATYPES[input.dtype] ?? 'FP64', data: [input.dtype === 'str' || input.dtype === 'datetime' ? '' : 0] })),
  }
}

/** The end of the last event day that was predicted, and now where there is none. */
function exampleTime(endpoint: Endpoint): string {
  const last = endpoint.days.at(-1)
  const at = last === undefined ? Date.now() : Math.min(Date.now(), (last[0] + 1) * 86_400_000)
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

function curlOf(endpoint: Endpoint, request: Request): string {
  const url = endpoint.url ?? 'http://127.0.0.1:PORT'
  return `curl ${url}/v2/models/${endpoint.name}/infer \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(request).replaceAll('},{', '},\n       {')}'`
}

type InferAnswer = { outputs: { name: string; data: number[] }[]; id: string; model_version?: string }

/** One row by hand, through the server; the same as a curl line. */
export function TryForm({ endpoint }: { endpoint: Endpoint }) {
  const t = useTranslations('endpoints')
  const locale = useLocale()
  const client = useQueryClient()
  const [values, setValues] = useState<Record<string, string>>({})
  const [eventTime, setEventTime] = useState('')
  const example = exampleOf(endpoint)
  const request: Request = {
    id: `try-${Date.now().toString(36)}`,
    inputs: example.inputs.map((tensor) => ({ ...tensor, data: [tensor.datatype === 'BYTES' ? (values[tensor.name] ?? '') : Number(values[tensor.name] ?? 0)] })),
    parameters: { event_time: eventTime || exampleTime(endpoint) },
  }
  const sent = useMutation({
    mutationFn: (body: Request) => change<InferAnswer>('POST', `endpoints/${encodeURIComponent(endpoint.name)}/infer`, body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['endpoints', 'predictions'] }),
  })
  return (
    <div className="columns">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          sent.mutate(request)
        }}
      >
        <dl className="facts" style={{ gap: '6px 16px', alignItems: 'center' }}>
          {example.inputs.map((tensor) => (
            <FieldRow key={tensor.name} name={tensor.name} datatype={tensor.datatype} value={values[tensor.name] ?? ''} put={(value) => setValues({ ...values, [tensor.name]: value })} />
          ))}
          <FieldRow name="event_time" datatype="ISO 8601" value={eventTime} put={setEventTime} placeholder={exampleTime(endpoint)} />
        </dl>
        <p style={{ marginTop: 10 }}>
          <button type="submit" className="button primary" disabled={sent.isPending || endpoint.state === 'not deployed'}>
            {t('predict')}
          </button>
        </p>
        {sent.error ? <Failure error={sent.error} /> : null}
        {sent.data ? (
          <div className="strip" aria-live="polite">
            <div>
              <span className="label">{t('output')}</span>
              <span className="value">{showNumber(sent.data.outputs[0]?.data[0], locale)}</span>
            </div>
            <div>
              <span className="label">id</span>
              <ThingLink kind="prediction" id={sent.data.id}>{sent.data.id}</ThingLink>
            </div>
          </div>
        ) : null}
        <p className="quiet">{t('tryHint')}</p>
      </form>
      <Section title="curl">
        <Code text={curlOf(endpoint, request)} label="curl" wrap />
      </Section>
    </div>
  )
}

function FieldRow({ name, datatype, value, put, placeholder }: { name: string; datatype: string; value: string; put: (value: string) => void; placeholder?: string }) {
  return (
    <>
      <dt>
        <label htmlFor={`try-${name}`}>
          <code>{name}</code> <span className="quiet">{datatype}</span>
        </label>
      </dt>
      <dd>
        <input id={`try-${name}`} className="field num" style={{ width: 200 }} value={value} placeholder={placeholder ?? ''} inputMode={datatype === 'BYTES' || datatype === 'ISO 8601' ? 'text' : 'decimal'} onChange={(event) => put(event.target.value)} />
      </dd>
    </>
  )
}
