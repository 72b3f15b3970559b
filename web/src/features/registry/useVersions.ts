import { queryOptions, useQuery } from '@tanstack/react-query'
import type { ModelPage, Model, Page, VersionSummary } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

const versionsQuery = (project: string) =>
  queryOptions({
    queryKey: ['models', 'versions', project],
    queryFn: async ({ signal }): Promise<Map<string, VersionSummary>> => {
      const models = await get<Page<Model>>('models', { project }, signal)
      const pages = await Promise.all(models.items.map((model) => get<ModelPage>(`models/${encodeURIComponent(model.name)}`, { project }, signal)))
      return new Map(pages.flatMap((page) => page.versions).map((version) => [version.id, version]))
    },
    structuralSharing: false,
    enabled: project !== '',
  })

const NONE = new Map<string, VersionSummary>()

/** All versions of a project's models by id, so that a page can say `bikes v7` where the server says `mv_...`. */
export function useVersions(project: string): Map<string, VersionSummary> {
  return useQuery(versionsQuery(project)).data ?? NONE
}
