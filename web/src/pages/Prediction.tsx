import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import { endpointQuery } from '../features/serving/queries.ts'
import { LineageLink } from '../features/lineage/LineageLink.tsx'
import { LineageView } from '../features/lineage/LineageView.tsx'
import { ThingLink } from '../features/lineage/ThingLink.tsx'
import { VersionLink } from '../features/registry/VersionLink.tsx'
import { labelQuery } from '../features/monitoring/queries.ts'
import { showInput } from '../features/serving/EndpointParts.tsx'
import { predictionQuery } from '../features/serving/queries.ts'
import { showNumber } from '../lib/units.ts'
import { Answer } from '../ui/Answer.tsx'
import { Id } from '../ui/Id.tsx'
import { Facts, Page, Section, Strip } from '../ui/Page.tsx'
import { EventTime, WallTime } from '../ui/Time.tsx'
import type { Prediction as PredictionAnswer } from '../api/types.ts'

const route = getRouteApi('/p/$project/predictions/$prediction')

/** One prediction: what went in, what came out, what was true, and what made it. */
export default function Prediction() {
  const t = useTranslations('endpoints')
  const { project, prediction } = route.useParams()
  const found = useQuery(predictionQuery(prediction))
  return (
    <Page
      title={prediction}
      crumb={
        found.data ? (
          <Link to="/p/$project/endpoints/$endpoint" params={{ project, endpoint: found.data.endpoint }} search={{ tab: 'predictions' }}>
            {found.data.endpoint}
          </Link>
        ) : (
          t('prediction')
        )
      }
      beside={<Id id={prediction} />}
      actions={found.data ? <LineageLink kind="deployment" id={found.data.deployment} /> : null}
    >
      <Answer of={found}>{(data) => <Details prediction={data} />}</Answer>
    </Page>
  )
}

function Details({ prediction }: { prediction: PredictionAnswer }) {
  const t = useTranslations('endpoints')
  const locale = useLocale()
  const label = useQuery(labelQuery(prediction.endpoint, prediction.id))
  const endpoint = useQuery(endpointQuery(prediction.endpoint))
  const requested = new Set(endpoint.data?.inputs.map((input) => input.name) ?? [])
  const truth = label.data
  const inputs = Object.entries(prediction.inputs)
  return (
    <>
      <Strip
        items={[
          { label: t('output'), value: showNumber(prediction.output, locale) },
          { label: t('label'), value: truth ? showNumber(truth.value, locale) : '–', more: truth ? '' : t('noLabelYet') },
          { label: t('error'), value: truth ? showNumber(Math.abs(truth.value - prediction.output), locale) : '–' },
          { label: t('eventTime'), value: <EventTime at={prediction.event_at} /> },
          { label: t('received'), value: <WallTime at={prediction.received_at} /> },
          { label: t('version'), value: <VersionLink id={prediction.version} /> },
        ]}
      />
      <div className="columns section">
        <Section title={t('request')}>
          <Facts items={[[t('entity'), String(prediction.entity)], ...inputs.filter(([name]) => requested.has(name)).map(([name, value]): [string, string] => [name, showInput(value, locale)])]} />
        </Section>
        <Section title={t('lookedUp')}>
          <Facts items={inputs.filter(([name]) => !requested.has(name)).map(([name, value]): [string, string] => [name, showInput(value, locale)])} />
        </Section>
      </div>
      <Section title={t('madeBy')}>
        <Facts
          items={[
            [t('deployment'), <ThingLink key="deployment" kind="deployment" id={prediction.deployment} />],
            [t('version'), <VersionLink key="version" id={prediction.version} />],
          ]}
        />
        <div style={{ marginTop: 8 }}>
          <LineageView kind="deployment" id={prediction.deployment} direction="up" depth={12} height={420} />
        </div>
      </Section>
    </>
  )
}
