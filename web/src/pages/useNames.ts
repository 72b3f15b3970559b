import { useQuery } from '@tanstack/react-query'
import type { NavigateOptions } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Messages } from 'use-intl'
import { modelsQuery } from '../features/registry/queries.ts'
import { useVersions } from '../features/registry/useVersions.ts'
import { pipelinesQuery } from '../features/pipelines/queries.ts'
import { endpointsQuery } from '../features/serving/queries.ts'
import { monitorsQuery } from '../features/monitoring/queries.ts'
import type { IconName } from '../ui/Icon.tsx'

export type Name = { kind: Extract<keyof Messages['lineage']['kinds'], 'model' | 'model_version' | 'pipeline' | 'endpoint' | 'monitor'>; id: string; label: string; icon: IconName; to: NavigateOptions }

/** The named things of a project, for search and for lineage. */
export function useNames(project: string): Name[] {
  const enabled = project !== ''
  const models = useQuery({ ...modelsQuery(project), enabled })
  const pipelines = useQuery({ ...pipelinesQuery(project), enabled })
  const endpoints = useQuery({ ...endpointsQuery(project), enabled })
  const monitors = useQuery({ ...monitorsQuery(project), enabled })
  const versions = useVersions(project)
  return useMemo<Name[]>(
    () => [
      ...(models.data?.items ?? []).map((model): Name => ({ kind: 'model', id: model.name, label: model.name, icon: 'models', to: { to: '/p/$project/models/$model', params: { project, model: model.name } } })),
      ...(endpoints.data?.items ?? []).map((endpoint): Name => ({ kind: 'endpoint', id: endpoint.name, label: endpoint.name, icon: 'endpoints', to: { to: '/p/$project/endpoints/$endpoint', params: { project, endpoint: endpoint.name } } })),
      ...(pipelines.data?.items ?? []).map((pipeline): Name => ({ kind: 'pipeline', id: pipeline.name, label: pipeline.name, icon: 'pipelines', to: { to: '/p/$project/pipelines', params: { project }, search: { pipeline: pipeline.name } } })),
      ...(monitors.data?.items ?? []).map((monitor): Name => ({ kind: 'monitor', id: monitor.name, label: monitor.name, icon: 'monitoring', to: { to: '/p/$project/monitoring', params: { project }, search: { monitor: monitor.name } } })),
      ...[...versions.values()].map((version): Name => ({ kind: 'model_version', id: version.id, label: `${version.model} v${version.number}`, icon: 'models', to: { to: '/p/$project/model-versions/$version', params: { project, version: version.id } } })),
    ],
    [project, models.data, endpoints.data, pipelines.data, monitors.data, versions],
  )
}
