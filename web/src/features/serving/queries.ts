import { queryOptions } from '@tanstack/react-query'
import { get, pagesOf } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'

export const endpointsQuery = (project: string) =>
  queryOptions({
    queryKey: keys.endpoints(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/endpoints', { project }, { limit: 1_000 }, signal),
  })

export const endpointQuery = (project: string, endpoint: string) =>
  queryOptions({
    queryKey: keys.endpoint(project, endpoint),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/endpoints/{endpoint}', { project, endpoint }, {}, signal),
  })

/** The newest first. */
export const deploymentsQuery = (project: string, endpoint: string) =>
  pagesOf(keys.deployments(project, endpoint), '/api/v1/projects/{project}/endpoints/{endpoint}/deployments', { project, endpoint })

/** The newest first. */
export const predictionsQuery = (project: string, endpoint: string) =>
  pagesOf(keys.predictions(project, endpoint), '/api/v1/projects/{project}/endpoints/{endpoint}/predictions', { project, endpoint })

export const predictionQuery = (project: string, endpoint: string, prediction: string) =>
  queryOptions({
    queryKey: keys.prediction(project, endpoint, prediction),
    queryFn: ({ signal }) =>
      get('/api/v1/projects/{project}/endpoints/{endpoint}/predictions/{prediction}', { project, endpoint, prediction }, {}, signal),
  })

/** The label of a prediction; null while there is none. */
export const labelQuery = (project: string, endpoint: string, prediction: string) =>
  queryOptions({
    queryKey: keys.label(project, endpoint, prediction),
    queryFn: ({ signal }) =>
      get('/api/v1/projects/{project}/endpoints/{endpoint}/labels/{prediction}', { project, endpoint, prediction }, {}, signal),
  })
