import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import type { EndpointDetails as EndpointAnswer } from '../api/types.ts'
import { LineageLink } from '../features/lineage/LineageLink.tsx'
import { LineageView } from '../features/lineage/LineageView.tsx'
import { VersionLink } from '../features/registry/VersionLink.tsx'
import { DeploymentList } from '../features/serving/DeploymentList.tsx'
import { EndpointOverview } from '../features/serving/EndpointOverview.tsx'
import { PredictionList } from '../features/serving/PredictionList.tsx'
import { TryForm } from '../features/serving/TryForm.tsx'
import { EndpointState } from '../features/serving/EndpointState.tsx'
import { endpointQuery } from '../features/serving/queries.ts'
import { assertNever } from '../lib/assert.ts'
import { showCount } from '../lib/units.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { Page } from '../ui/Page.tsx'
import { StatBar } from '../ui/StatBar.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { ENDPOINT_TABS } from '../lib/tabs.ts'

const route = getRouteApi('/p/$project/endpoints/$endpoint')

/** One endpoint: what it serves, its predictions and deployments, and a form to try it. */
export default function Endpoint() {
  const t = useTranslations('endpoints')
  const locale = useLocale()
  const { project, endpoint } = route.useParams()
  const { tab } = route.useSearch()
  const found = useQuery(endpointQuery(project, endpoint))
  return (
    <Page
      title={endpoint}
      crumb={
        <Link to="/p/$project/endpoints" params={{ project }}>
          {t('title')}
        </Link>
      }
      beside={
        found.data ? (
          <>
            <EndpointState state={found.data.state} />
            <span className="mono quiet">{found.data.url}</span>
          </>
        ) : null
      }
      actions={found.data ? <LineageLink kind="endpoint" id={found.data.id} /> : null}
    >
      <QueryBoundary of={found}>
        {(data) => (
          <>
            <StatBar
              items={[
                { label: t('version'), value: data.version ? <VersionLink id={data.version} /> : '–' },
                {
                  label: t('predictions'),
                  value: showCount(
                    data.days.reduce((sum, [, count]) => sum + count, 0),
                    locale,
                  ),
                  more: t('lastDays', { count: data.days.length }),
                },
                { label: t('requests'), value: showCount(data.requests, locale), more: t('sinceStart') },
                { label: t('errors'), value: showCount(data.errors, locale) },
                { label: t('open'), value: showCount(data.open_predictions, locale) },
              ]}
            />
            <Tabs label={endpoint} tabs={ENDPOINT_TABS.map((id) => ({ id, label: t(`tabs.${id}`) }))} open={tab ?? 'overview'} />
            <Part endpoint={data} tab={tab ?? 'overview'} />
          </>
        )}
      </QueryBoundary>
    </Page>
  )
}

function Part({ endpoint, tab }: { endpoint: EndpointAnswer; tab: (typeof ENDPOINT_TABS)[number] }) {
  switch (tab) {
    case 'overview':
      return <EndpointOverview endpoint={endpoint} />
    case 'predictions':
      return <PredictionList endpoint={endpoint} />
    case 'deployments':
      return <DeploymentList endpoint={endpoint} />
    case 'try':
      return <TryForm endpoint={endpoint} />
    case 'lineage':
      return <LineageView kind="endpoint" id={endpoint.id} direction="both" depth={4} height="calc(100vh - 240px)" />
    default:
      return assertNever(tab)
  }
}
