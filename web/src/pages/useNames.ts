import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { modelsQuery } from '../features/registry/queries.ts'
import { useVersions } from '../features/registry/useVersions.ts'
import { pipelinesQuery } from '../features/pipelines/queries.ts'
import { endpointsQuery } from '../features/serving/queries.ts'
import { monitorsQuery } from '../features/monitoring/queries.ts'

/** An entity with the name that links use; `id`: what lineage knows it by. */
export type Named = { kind: string; id: string; name: string; label: string }

/** The named entities of a project, for search and for lineage. */
export function useNames(project: string): Named[] {
  const enabled = project !== ''
  const models = useQuery({ ...modelsQuery(project), enabled })
  const pipelines = useQuery({ ...pipelinesQuery(project), enabled })
  const endpoints = useQuery({ ...endpointsQuery(project), enabled })
  const monitors = useQuery({ ...monitorsQuery(project), enabled })
  const versions = useVersions(project)
  return useMemo<Named[]>(
    () => [
      ...(models.data?.items ?? []).map(({ id, name }) => ({ kind: 'model', id, name, label: name })),
      ...(endpoints.data?.items ?? []).map(({ id, name }) => ({ kind: 'endpoint', id, name, label: name })),
      ...(pipelines.data?.items ?? []).map(({ name }) => ({ kind: 'pipeline', id: name, name, label: name })),
      ...(monitors.data?.items ?? []).map(({ name }) => ({ kind: 'monitor', id: name, name, label: name })),
      ...[...versions.values()].map(({ id, model, number }) => ({ kind: 'model_version', id, name: id, label: `${model} v${number}` })),
    ],
    [models.data, endpoints.data, pipelines.data, monitors.data, versions],
  )
}
