import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { EndpointDetails } from '../../api/types.ts'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import { showNumber } from '../../lib/units.ts'
import { Failure } from '../../ui/Failure.tsx'
import { Code } from '../../ui/Code.tsx'
import { Section } from '../../ui/Page.tsx'
import { ActionButton } from '../../ui/ActionButton.tsx'
import { usePermission } from '../access/usePermission.ts'
import { EntityLink } from '../lineage/EntityLink.tsx'
import type { Request } from './inference.ts'
import { exampleOf, exampleTime, curlOf } from './inference.ts'

/** One row by hand, through the server; the same as a curl line. */
export function TryForm({ endpoint }: { endpoint: EndpointDetails }) {
  const t = useTranslations('endpoints')
  const locale = useLocale()
  const client = useQueryClient()
  const permission = usePermission('predict')
  const [values, setValues] = useState<Record<string, string>>({})
  const [eventTime, setEventTime] = useState('')
  const example = exampleOf(endpoint)
  const request: Request = {
    id: `try-${Date.now().toString(36)}`,
    inputs: example.inputs.map((tensor) => ({
      ...tensor,
      data: [tensor.datatype === 'BYTES' ? (values[tensor.name] ?? '') : Number(values[tensor.name] ?? 0)],
    })),
    parameters: { event_time: eventTime || exampleTime(endpoint) },
  }
  const sent = useMutation({
    mutationFn: (body: Request) =>
      change('post', '/api/v1/projects/{project}/endpoints/{endpoint}/infer', { project: endpoint.project, endpoint: endpoint.name }, body),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.predictions(endpoint.project, endpoint.name) }),
  })
  return (
    <div className="columns">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          sent.mutate(request)
        }}
      >
        <dl className="descriptions" style={{ gap: '6px 16px', alignItems: 'center' }}>
          {example.inputs.map((tensor) => (
            <FieldRow
              key={tensor.name}
              name={tensor.name}
              datatype={tensor.datatype}
              value={values[tensor.name] ?? ''}
              put={(value) => setValues({ ...values, [tensor.name]: value })}
            />
          ))}
          <FieldRow name="event_time" datatype="ISO 8601" value={eventTime} put={setEventTime} placeholder={exampleTime(endpoint)} />
        </dl>
        <p style={{ marginTop: 10 }}>
          <ActionButton
            type="submit"
            className="button primary"
            disabled={sent.isPending || endpoint.state === 'not deployed'}
            permission={permission}
          >
            {t('predict')}
          </ActionButton>
        </p>
        {sent.error ? <Failure error={sent.error} /> : null}
        {sent.data ? (
          <div className="stats" aria-live="polite">
            <div>
              <span className="label">{t('output')}</span>
              <span className="value">{showNumber(numberIn(sent.data.outputs[0]?.data), locale)}</span>
            </div>
            <div>
              <span className="label">id</span>
              <EntityLink kind="prediction" id={`${endpoint.project}/${endpoint.name}/${sent.data.id}`}>
                {sent.data.id}
              </EntityLink>
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

function FieldRow({
  name,
  datatype,
  value,
  put,
  placeholder,
}: {
  name: string
  datatype: string
  value: string
  put: (value: string) => void
  placeholder?: string
}) {
  return (
    <>
      <dt>
        <label htmlFor={`try-${name}`}>
          <code>{name}</code> <span className="quiet">{datatype}</span>
        </label>
      </dt>
      <dd>
        <input
          id={`try-${name}`}
          className="field num"
          style={{ width: 200, maxWidth: '100%' }}
          value={value}
          placeholder={placeholder ?? ''}
          inputMode={datatype === 'BYTES' || datatype === 'ISO 8601' ? 'text' : 'decimal'}
          onChange={(event) => put(event.target.value)}
        />
      </dd>
    </>
  )
}

/** The first number of a tensor's data. */
function numberIn(data: unknown): number | null {
  const first: unknown = Array.isArray(data) ? data[0] : undefined
  return typeof first === 'number' ? first : null
}
