import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { AlertList } from '../features/monitoring/AlertList.tsx'
import { CoverageChart } from '../features/monitoring/CoverageChart.tsx'
import { DriftMap } from '../features/monitoring/DriftMap.tsx'
import { MonitorList } from '../features/monitoring/MonitorList.tsx'
import { monitorsQuery } from '../features/monitoring/queries.ts'
import { QualityChart } from '../features/monitoring/QualityChart.tsx'
import { endpointsQuery } from '../features/serving/queries.ts'
import { snippets } from '../lib/snippets.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { Empty } from '../ui/Empty.tsx'
import type { Zoom } from '../ui/LineChart.tsx'
import { Page, Section } from '../ui/Page.tsx'

const route = getRouteApi('/p/$project/monitoring')

/** Accuracy and drift of the served model over event time, its labels, and alerts. */
export default function Monitoring() {
  const t = useTranslations('monitoring')
  const { project } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const monitors = useQuery(monitorsQuery(project))
  const endpoints = useQuery(endpointsQuery(project))
  return (
    <QueryBoundary of={monitors} skeleton={<Page title={t('title')}>{null}</Page>}>
      {({ items }) => {
        const asked = items.find((monitor) => monitor.name === search.monitor)?.endpoint
        const endpoint = search.endpoint ?? asked ?? items[0]?.endpoint ?? endpoints.data?.items[0]?.name
        const names = [...new Set([...items.map((monitor) => monitor.endpoint), ...(endpoints.data?.items ?? []).map((each) => each.name)])]
        const mine = items.filter((monitor) => monitor.endpoint === endpoint)
        const quality =
          mine.find((monitor) => monitor.kind === 'quality' && (search.monitor === undefined || monitor.name === search.monitor)) ??
          mine.find((monitor) => monitor.kind === 'quality')
        const drift =
          mine.find((monitor) => monitor.kind === 'drift' && monitor.name === search.monitor) ??
          mine.find((monitor) => monitor.kind === 'drift')
        const zoom: Zoom | undefined = search.from !== undefined && search.to !== undefined ? [search.from, search.to] : undefined
        const setZoom = (next: Zoom | undefined) => void navigate({ search: { ...search, from: next?.[0], to: next?.[1] }, replace: true })
        return (
          <Page
            title={t('title')}
            actions={
              names.length > 1 ? (
                <select
                  className="field"
                  aria-label={t('endpoint')}
                  value={endpoint}
                  onChange={(event) => void navigate({ search: { endpoint: event.target.value } })}
                >
                  {names.map((name) => (
                    <option key={name}>{name}</option>
                  ))}
                </select>
              ) : null
            }
          >
            {items.length === 0 ? (
              <Empty title={t('empty')} text={t('emptyText')} code={snippets.monitor} />
            ) : (
              <MonitorList monitors={mine} />
            )}
            {endpoint ? (
              <>
                <Section>
                  <QualityChart project={project} endpoint={endpoint} monitor={quality} zoom={zoom} setZoom={setZoom} />
                </Section>
                {drift ? (
                  <Section>
                    <DriftMap
                      project={project}
                      endpoint={endpoint}
                      monitor={drift.name}
                      column={search.column}
                      choose={(column) =>
                        void navigate({ search: { ...search, column: column === search.column ? undefined : column }, replace: true })
                      }
                      zoom={zoom}
                      setZoom={setZoom}
                    />
                  </Section>
                ) : null}
                <Section>
                  <CoverageChart project={project} endpoint={endpoint} zoom={zoom} setZoom={setZoom} />
                </Section>
              </>
            ) : null}
            <Section title={t('alerts')}>
              <AlertList
                project={project}
                chosen={search.alert}
                choose={(alert) => void navigate({ search: { ...search, alert }, replace: true })}
              />
            </Section>
          </Page>
        )
      }}
    </QueryBoundary>
  )
}
