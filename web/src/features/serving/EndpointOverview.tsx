import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { EndpointDetails } from '../../api/types.ts'
import { Code } from '../../ui/Code.tsx'
import { Id } from '../../ui/Id.tsx'
import { LineChart } from '../../ui/LineChart.tsx'
import { DescriptionList } from '../../ui/DescriptionList.tsx'
import { Section } from '../../ui/Page.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { EntityLink } from '../lineage/EntityLink.tsx'
import { Reason } from '../history/Reason.tsx'
import { VersionLink } from '../registry/VersionLink.tsx'
import { deploymentsQuery } from './queries.ts'
import { exampleOf, curlOf } from './inference.ts'

const DAY = 86_400

export function EndpointOverview({ endpoint }: { endpoint: EndpointDetails }) {
  const t = useTranslations('endpoints')
  const deployments = useInfiniteQuery(deploymentsQuery(endpoint.project, endpoint.name))
  const found = deployments.data?.pages.flatMap((page) => page.items)
  const deployment = found?.find((each) => each.id === endpoint.deployment)
  const refused = found?.find((each) => each.state === 'failed' && each.revision > (deployment?.revision ?? 0))
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
          <DescriptionList
            items={[
              [
                t('model'),
                <EntityLink key="model" kind="model" id={endpoint.model}>
                  {endpoint.model}
                </EntityLink>,
              ],
              [t('version'), endpoint.version ? <VersionLink key="version" id={endpoint.version} /> : '–'],
              [
                t('features'),
                <EntityLink key="features" kind="feature_service" id={endpoint.features}>
                  {endpoint.features}
                </EntityLink>,
              ],
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
