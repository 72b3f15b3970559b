import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { LineageView } from '../features/lineage/LineageView.tsx'
import { runQuery } from '../features/tracking/queries.ts'
import { RunArtifacts } from '../features/tracking/RunArtifacts.tsx'
import { RunCharts } from '../features/tracking/RunCharts.tsx'
import { RunEnvironment } from '../features/tracking/RunEnvironment.tsx'
import { RunLogs } from '../features/tracking/RunLogs.tsx'
import { RunOverview } from '../features/tracking/RunOverview.tsx'
import { RunValues } from '../features/tracking/RunParameters.tsx'
import { RunState } from '../features/tracking/RunState.tsx'
import { assertNever } from '../lib/assert.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { Id } from '../ui/Id.tsx'
import { Page } from '../ui/Page.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import type { RunDetails } from '../api/types.ts'
import { RUN_TABS } from '../lib/tabs.ts'

const route = getRouteApi('/p/$project/runs/$run')

/** One run: what it measured, with what, where and out of what. */
export default function Run() {
  const t = useTranslations('run')
  const { project, run } = route.useParams()
  const search = route.useSearch()
  const found = useQuery(runQuery(run))
  const open = search.tab ?? 'overview'
  const details = found.data
  const counts: Partial<Record<(typeof RUN_TABS)[number], number>> = details
    ? {
        charts: Object.keys(details.run.metrics).length,
        params: Object.keys(details.run.params).length + Object.keys(details.run.tags).length,
        artifacts: details.artifacts.length,
      }
    : {}
  return (
    <Page
      title={details?.run.name || run}
      crumb={
        <Link to="/p/$project/experiments" params={{ project }} search={details ? { experiment: details.run.experiment } : {}}>
          {details?.run.experiment ?? t('crumb')}
        </Link>
      }
      beside={
        details ? (
          <>
            <RunState run={details.run} />
            <Id id={run} />
          </>
        ) : null
      }
    >
      <Tabs label={t('crumb')} tabs={RUN_TABS.map((id) => ({ id, label: t(`tabs.${id}`), count: counts[id] }))} open={open} />
      <QueryBoundary of={found} skeleton={<Skeleton rows={10} />}>
        {(loaded) => <Part details={loaded} tab={open} />}
      </QueryBoundary>
    </Page>
  )
}

function Part({ details, tab }: { details: RunDetails; tab: (typeof RUN_TABS)[number] }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  switch (tab) {
    case 'overview':
      return <RunOverview details={details} />
    case 'charts':
      return (
        <RunCharts
          run={details.run}
          view={search}
          change={(change) => void navigate({ search: { ...search, ...change }, replace: true })}
        />
      )
    case 'params':
      return <RunValues run={details.run} />
    case 'artifacts':
      return <RunArtifacts details={details} />
    case 'environment':
      return <RunEnvironment details={details} />
    case 'logs':
      return <RunLogs run={details.run} />
    case 'lineage':
      return <LineageView kind="run" id={details.run.id} direction="both" depth={8} />
    default:
      return assertNever(tab)
  }
}
