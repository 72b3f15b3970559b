import { queryOptions } from '@tanstack/react-query'
import type { Model, ModelPage, Page, VersionPage } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

export const modelsQuery = (project: string) => queryOptions({ queryKey: ['models', project], queryFn: ({ signal }) => get<Page<Model>>('models', { project }, signal) })
export const modelQuery = (project: string, model: string) => queryOptions({ queryKey: ['models', 'one', project, model], queryFn: ({ signal }) => get<ModelPage>(`models/${encodeURIComponent(model)}`, { project }, signal) })
export const versionQuery = (version: string) => queryOptions({ queryKey: ['models', 'version', version], queryFn: ({ signal }) => get<VersionPage>(`model-versions/${version}`, {}, signal) })
