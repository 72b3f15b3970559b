import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import type { Prediction as PredictionAnswer } from '../api/types.ts'
import { EntityLink } from '../features/lineage/EntityLink.tsx'
import { LineageLink } from '../features/lineage/LineageLink.tsx'
import { LineageView } from '../features/lineage/LineageView.tsx'
import { VersionLink } from '../features/registry/VersionLink.tsx'
import { endpointQuery, labelQuery, predictionQuery } from '../features/serving/queries.ts'
import { showNumber, showValue } from '../lib/units.ts'
import { DescriptionList } from '../ui/DescriptionList.tsx'
import { Id } from '../ui/Id.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { StatBar } from '../ui/StatBar.tsx'
import { EventTime, WallTime } from '../ui/Time.tsx'

const route = getRouteApi('/p/$project/endpoints/$endpoint/predictions/$prediction')

/** One prediction: its inputs, its output, its label, and where it came from. */
export default function Prediction() {
  const { project, endpoint, prediction } = route.useParams()
  const found = useQuery(predictionQuery(project, endpoint, prediction))
  return (
    <Page
      title={prediction}
      crumb={
        <Link to="/p/$project/endpoints/$endpoint" params={{ project, endpoint }} search={{ tab: 'predictions' }}>
          {endpoint}
        </Link>
      }
      beside={<Id id={prediction} />}
      actions={found.data ? <LineageLink kind="deployment" id={found.data.deployment} /> : null}
    >
      <QueryBoundary of={found}>{(data) => <Details prediction={data} project={project} endpoint={endpoint} />}</QueryBoundary>
    </Page>
  )
}

function Details({ prediction, project, endpoint }: { prediction: PredictionAnswer; project: string; endpoint: string }) {
  const t = useTranslations('endpoints')
  const locale = useLocale()
  const label = useQuery(labelQuery(project, endpoint, prediction.id)).data
  const served = useQuery(endpointQuery(project, endpoint))
  const requested = new Set(served.data?.inputs.map((input) => input.name) ?? [])
  const inputs = Object.entries(prediction.inputs)
  return (
    <>
      <StatBar
        items={[
          { label: t('output'), value: showNumber(prediction.output, locale) },
          { label: t('label'), value: label ? showNumber(label.value, locale) : '–', more: label ? '' : t('noLabelYet') },
          { label: t('error'), value: label ? showNumber(Math.abs(label.value - prediction.output), locale) : '–' },
          { label: t('eventTime'), value: <EventTime at={prediction.event_at} /> },
          { label: t('received'), value: <WallTime at={prediction.received_at} /> },
          { label: t('version'), value: <VersionLink id={prediction.version} /> },
        ]}
      />
      <div className="columns section">
        <Section title={t('request')}>
          <DescriptionList
            items={[
              [t('entity'), String(prediction.entity)],
              ...inputs.filter(([name]) => requested.has(name)).map(([name, value]): [string, string] => [name, showValue(value, locale)]),
            ]}
          />
        </Section>
        <Section title={t('lookedUp')}>
          <DescriptionList
            items={inputs
              .filter(([name]) => !requested.has(name))
              .map(([name, value]): [string, string] => [name, showValue(value, locale)])}
          />
        </Section>
      </div>
      <Section title={t('madeBy')}>
        <DescriptionList
          items={[
            [t('deployment'), <EntityLink key="deployment" kind="deployment" id={prediction.deployment} />],
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
