import type { RowData } from '@tanstack/react-table'
import { useMemo, type ReactNode } from 'react'
import { Failure } from './Failure.tsx'
import { Skeleton } from './Skeleton.tsx'
import { Table, type TableProps } from './Table.tsx'

/** What an infinite query of react-query looks like from here. */
export type Paged<Row> = {
  data: { pages: { items: Row[] }[] } | undefined
  error: Error | null
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
  refetch: () => unknown
}

type Props<Row extends RowData> = Omit<TableProps<Row>, 'rows' | 'more'> & {
  of: Paged<Row>
  empty: ReactNode
  keep?: (row: Row) => boolean
}

/** A list of the server as a table: the next page is fetched when its end comes in sight. */
export function PagedTable<Row extends RowData>({ of, empty, keep, ...table }: Props<Row>) {
  const rows = useMemo(() => of.data?.pages.flatMap((page) => page.items) ?? [], [of.data])
  const shown = useMemo(() => (keep ? rows.filter(keep) : rows), [rows, keep])
  if (of.error && !of.data) return <Failure error={of.error} again={() => void of.refetch()} />
  if (!of.data) return <Skeleton rows={10} />
  if (shown.length === 0 && !of.hasNextPage) return empty
  return <Table<Row> {...table} rows={shown} more={of.hasNextPage && !of.isFetchingNextPage ? () => void of.fetchNextPage() : undefined} />
}
