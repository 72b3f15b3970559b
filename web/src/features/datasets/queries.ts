import { queryOptions } from '@tanstack/react-query'
import { get, pagesOf } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'

export const datasetsQuery = (project: string) =>
  queryOptions({
    queryKey: keys.datasets(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/datasets', { project }, { limit: 1_000 }, signal),
  })

/** The newest first. */
export const snapshotsQuery = (project: string, dataset: string) =>
  pagesOf(keys.snapshots(project, dataset), '/api/v1/projects/{project}/datasets/{dataset}/snapshots', { project, dataset })

/** A snapshot never changes. */
export const snapshotQuery = (snapshot: string) =>
  queryOptions({
    queryKey: keys.snapshot(snapshot),
    queryFn: ({ signal }) => get('/api/v1/snapshots/{snapshot}', { snapshot }, {}, signal),
    staleTime: Infinity,
  })

/** The newest first. */
export const quarantineQuery = (project: string, source: string | undefined) =>
  pagesOf(keys.quarantine(project, source), '/api/v1/projects/{project}/quarantine', { project }, { source })
