import { queryOptions } from '@tanstack/react-query'
import type { Deployment, Endpoint, Page, Prediction } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

const of = (endpoint: string) => `endpoints/${encodeURIComponent(endpoint)}`

export const endpointsQuery = (project: string) => queryOptions({ queryKey: ['endpoints', project], queryFn: ({ signal }) => get<Page<Endpoint>>('endpoints', { project }, signal) })
export const endpointQuery = (endpoint: string) => queryOptions({ queryKey: ['endpoints', 'one', endpoint], queryFn: ({ signal }) => get<Endpoint>(of(endpoint), {}, signal) })
export const deploymentsQuery = (endpoint: string) => queryOptions({ queryKey: ['endpoints', 'deployments', endpoint], queryFn: ({ signal }) => get<Page<Deployment>>(`${of(endpoint)}/deployments`, { limit: 1_000 }, signal) })
export const predictionsQuery = (endpoint: string) => queryOptions({ queryKey: ['endpoints', 'predictions', endpoint], queryFn: ({ signal }) => get<Page<Prediction>>(`${of(endpoint)}/predictions`, { limit: 200 }, signal) })
export const predictionQuery = (prediction: string) => queryOptions({ queryKey: ['endpoints', 'prediction', prediction], queryFn: ({ signal }) => get<Prediction>(`predictions/${prediction.split('/').map(encodeURIComponent).join('/')}`, {}, signal) })
