import type { ReactNode } from 'react'
import { Failure } from './Failure.tsx'
import { Skeleton } from './Skeleton.tsx'

/** What a query of react-query looks like from here. */
export type QueryState<T> = { data: T | undefined; error: Error | null; refetch: () => unknown }

/** The three states of everything that is fetched: a skeleton while it loads, what to do when it fails, and the data. */
export function QueryBoundary<T>({
  of,
  children,
  skeleton,
}: {
  of: QueryState<T>
  children: (data: T) => ReactNode
  skeleton?: ReactNode
}) {
  if (of.data !== undefined) return children(of.data)
  if (of.error) return <Failure error={of.error} again={() => void of.refetch()} />
  return skeleton ?? <Skeleton rows={6} />
}
