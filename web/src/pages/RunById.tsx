import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import { runQuery } from '../features/tracking/queries.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'

const route = getRouteApi('/runs/$run')

/** The address of a run without its project, as programs print it: redirects to its page. */
export default function RunById() {
  const { run } = route.useParams()
  const found = useQuery(runQuery(run))
  return (
    <QueryBoundary of={found}>
      {(details) => <Navigate to="/p/$project/runs/$run" params={{ project: details.run.project, run }} replace />}
    </QueryBoundary>
  )
}
