import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Dataset, Page, QuarantinedRow, Snapshot, SnapshotSummary } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

const FIRST = ''

export const datasetsQuery = (project: string) => queryOptions({ queryKey: ['datasets', project], queryFn: ({ signal }) => get<Page<Dataset>>('datasets', { project }, signal) })

export const snapshotsQuery = (dataset: string) =>
  infiniteQueryOptions({
    queryKey: ['datasets', 'snapshots', dataset],
    queryFn: ({ pageParam, signal }) => get<Page<SnapshotSummary>>(`datasets/${encodeURIComponent(dataset)}/snapshots`, { limit: 200, cursor: pageParam }, signal),
    initialPageParam: FIRST,
    getNextPageParam: (last) => last.next ?? undefined,
  })

export const snapshotQuery = (snapshot: string) => queryOptions({ queryKey: ['snapshot', snapshot], queryFn: ({ signal }) => get<Snapshot>(`snapshots/${snapshot}`, {}, signal), staleTime: Infinity })

export const quarantineQuery = (project: string, source: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['quarantine', project, source],
    queryFn: ({ pageParam, signal }) => get<Page<QuarantinedRow>>('quarantine', { project, source, limit: 200, cursor: pageParam }, signal),
    initialPageParam: FIRST,
    getNextPageParam: (last) => last.next ?? undefined,
  })
