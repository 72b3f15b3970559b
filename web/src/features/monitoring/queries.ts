import { queryOptions } from '@tanstack/react-query'
import type { Alert, Check, DriftMatrix, Label, Monitor, Page, Quality } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

const of = (endpoint: string) => `endpoints/${encodeURIComponent(endpoint)}`

export const monitorsQuery = (project: string) => queryOptions({ queryKey: ['monitors', project], queryFn: ({ signal }) => get<Page<Monitor>>('monitors', { project }, signal) })
export const checksQuery = (project: string, monitor: string) => queryOptions({ queryKey: ['monitors', 'checks', project, monitor], queryFn: ({ signal }) => get<Page<Check>>(`monitors/${encodeURIComponent(monitor)}/checks`, { project, limit: 1_000 }, signal) })
export const qualityQuery = (endpoint: string) => queryOptions({ queryKey: ['monitors', 'quality', endpoint], queryFn: ({ signal }) => get<Quality>(`${of(endpoint)}/quality`, {}, signal), enabled: endpoint !== '' })
export const driftQuery = (endpoint: string, monitor?: string) => queryOptions({ queryKey: ['monitors', 'drift', endpoint, monitor], queryFn: ({ signal }) => get<DriftMatrix>(`${of(endpoint)}/drift`, { monitor }, signal), enabled: endpoint !== '' })
export const alertsQuery = (project: string) => queryOptions({ queryKey: ['alerts', project], queryFn: ({ signal }) => get<Page<Alert>>('alerts', { project, limit: 500 }, signal) })
export const labelQuery = (endpoint: string, prediction: string) =>
  queryOptions({ queryKey: ['monitors', 'label', endpoint, prediction], queryFn: ({ signal }) => get<Label | null>(`labels/${prediction.split('/').map(encodeURIComponent).join('/')}`, { endpoint }, signal) })
