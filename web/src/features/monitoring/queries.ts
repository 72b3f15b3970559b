import { queryOptions } from '@tanstack/react-query'
import { get, pagesOf } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'

export const monitorsQuery = (project: string) =>
  queryOptions({
    queryKey: keys.monitors(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/monitors', { project }, {}, signal),
  })

/** The newest first. */
export const checksQuery = (project: string, monitor: string) =>
  queryOptions({
    queryKey: keys.checks(project, monitor),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/monitors/{monitor}/checks', { project, monitor }, { limit: 1_000 }, signal),
  })

export const qualityQuery = (project: string, endpoint: string) =>
  queryOptions({
    queryKey: keys.quality(project, endpoint),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/endpoints/{endpoint}/quality', { project, endpoint }, {}, signal),
    enabled: endpoint !== '',
  })

export const driftQuery = (project: string, endpoint: string, monitor?: string) =>
  queryOptions({
    queryKey: keys.drift(project, endpoint, monitor),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/endpoints/{endpoint}/drift', { project, endpoint }, { monitor }, signal),
    enabled: endpoint !== '',
  })

/** The newest first. */
export const alertsQuery = (project: string) => pagesOf(keys.alerts(project), '/api/v1/projects/{project}/alerts', { project })
