import { queryOptions } from '@tanstack/react-query'
import { get, pagesOf } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'

export const modelsQuery = (project: string) =>
  queryOptions({
    queryKey: keys.models(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/models', { project }, { limit: 1_000 }, signal),
  })

export const modelQuery = (project: string, model: string) =>
  queryOptions({
    queryKey: keys.model(project, model),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/models/{model}', { project, model }, {}, signal),
  })

/** The newest first. */
export const versionsQuery = (project: string, model: string) =>
  pagesOf(keys.versions(project, model), '/api/v1/projects/{project}/models/{model}/versions', { project, model })

/** The newest first. */
export const aliasMovesQuery = (project: string, model: string) =>
  pagesOf(keys.aliasMoves(project, model), '/api/v1/projects/{project}/models/{model}/alias-moves', { project, model })

export const versionQuery = (version: string) =>
  queryOptions({
    queryKey: keys.version(version),
    queryFn: ({ signal }) => get('/api/v1/model-versions/{version}', { version }, {}, signal),
  })
