import { queryOptions } from '@tanstack/react-query'
import type { Page, ServiceAnswer, SourceState, ViewAnswer } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

export const sourcesQuery = (project: string) => queryOptions({ queryKey: ['sources', project], queryFn: ({ signal }) => get<Page<SourceState>>('sources', { project }, signal) })
export const viewsQuery = (project: string) => queryOptions({ queryKey: ['features', 'views', project], queryFn: ({ signal }) => get<Page<ViewAnswer>>('feature-views', { project }, signal) })
export const servicesQuery = (project: string) => queryOptions({ queryKey: ['features', 'services', project], queryFn: ({ signal }) => get<Page<ServiceAnswer>>('feature-services', { project }, signal) })
