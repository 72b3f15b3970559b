import { queryOptions } from '@tanstack/react-query'
import { get } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'

export const sourcesQuery = (project: string) =>
  queryOptions({
    queryKey: keys.sources(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/sources', { project }, {}, signal),
  })

export const viewsQuery = (project: string) =>
  queryOptions({
    queryKey: keys.featureViews(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/feature-views', { project }, {}, signal),
  })

export const servicesQuery = (project: string) =>
  queryOptions({
    queryKey: keys.featureServices(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/feature-services', { project }, {}, signal),
  })
