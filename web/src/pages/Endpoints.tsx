import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import type { EndpointDetails } from '../api/types.ts'
import { EntityLink } from '../features/lineage/EntityLink.tsx'
import { VersionLink } from '../features/registry/VersionLink.tsx'
import { EndpointState } from '../features/serving/EndpointState.tsx'
import { endpointsQuery } from '../features/serving/queries.ts'
import { snippets } from '../lib/snippets.ts'
import { showCount } from '../lib/units.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { Empty } from '../ui/Empty.tsx'
import { Page } from '../ui/Page.tsx'
import { Spark } from '../ui/Spark.tsx'
import { Table } from '../ui/Table.tsx'
import { WallTime } from '../ui/Time.tsx'

const route = getRouteApi('/p/$project/endpoints')
/** The most event days that the server counts predictions of. */
const DAYS = 60

/** What is served, and how it does. */
export default function Endpoints() {
  const t = useTranslations('endpoints')
  const locale = useLocale()
  const navigate = useNavigate()
  const { project } = route.useParams()
  const endpoints = useQuery(endpointsQuery(project))
  return (
    <Page title={t('title')}>
      <QueryBoundary of={endpoints}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('empty')} text={t('emptyText')} code={snippets.endpoint} />
          ) : (
            <Table<EndpointDetails>
              label={t('title')}
              rows={items}
              keyOf={(endpoint) => endpoint.name}
              open={(endpoint) => void navigate({ to: '/p/$project/endpoints/$endpoint', params: { project, endpoint: endpoint.name } })}
              columns={[
                {
                  id: 'name',
                  head: t('endpoint'),
                  width: 180,
                  cell: (endpoint) => (
                    <EntityLink kind="endpoint" id={endpoint.name}>
                      {endpoint.name}
                    </EntityLink>
                  ),
                },
                { id: 'state', head: t('state'), width: 130, cell: (endpoint) => <EndpointState state={endpoint.state} /> },
                {
                  id: 'version',
                  head: t('version'),
                  width: 140,
                  cell: (endpoint) => (endpoint.version ? <VersionLink id={endpoint.version} /> : '–'),
                },
                {
                  id: 'features',
                  head: t('features'),
                  width: 130,
                  cell: (endpoint) => (
                    <EntityLink kind="feature_service" id={endpoint.features}>
                      {endpoint.features}
                    </EntityLink>
                  ),
                },
                {
                  id: 'rows',
                  head: t('recentPredictions', { count: DAYS }),
                  hint: t('recentHint', { count: DAYS }),
                  right: true,
                  width: 150,
                  cell: (endpoint) =>
                    showCount(
                      endpoint.days.reduce((sum, [, count]) => sum + count, 0),
                      locale,
                    ),
                },
                {
                  id: 'spark',
                  head: t('volume'),
                  hint: t('volumeHint', { count: DAYS }),
                  width: 110,
                  cell: (endpoint) => <Spark values={endpoint.days.map(([, count]) => count)} label={t('volume')} />,
                },
                {
                  id: 'errors',
                  head: t('errors'),
                  right: true,
                  width: 80,
                  cell: (endpoint) => (
                    <span className={endpoint.errors ? 'state bad' : undefined}>{showCount(endpoint.errors, locale)}</span>
                  ),
                },
                {
                  id: 'open',
                  head: t('open'),
                  hint: t('openHint'),
                  right: true,
                  width: 110,
                  cell: (endpoint) => showCount(endpoint.open_predictions, locale),
                },
                { id: 'url', head: 'URL', cell: (endpoint) => <span className="mono quiet">{endpoint.url ?? '–'}</span> },
                { id: 'live', head: t('liveSince'), right: true, width: 110, cell: (endpoint) => <WallTime at={endpoint.deployed_at} /> },
              ]}
            />
          )
        }
      </QueryBoundary>
    </Page>
  )
}
