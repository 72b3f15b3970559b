import { queryOptions, useQuery } from '@tanstack/react-query'
import { get } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { VersionSummary } from '../../api/types.ts'

const allVersionsQuery = (project: string) =>
  queryOptions({
    queryKey: keys.versions(project, ''),
    queryFn: async ({ signal }): Promise<Map<string, VersionSummary>> => {
      const models = await get('/api/v1/projects/{project}/models', { project }, { limit: 1_000 }, signal)
      const pages = await Promise.all(
        models.items.map((model) =>
          get('/api/v1/projects/{project}/models/{model}/versions', { project, model: model.name }, { limit: 1_000 }, signal),
        ),
      )
      return new Map(pages.flatMap((page) => page.items).map((version) => [version.id, version]))
    },
    structuralSharing: false,
    enabled: project !== '',
  })

const NONE = new Map<string, VersionSummary>()

/** The newest 1,000 versions of each model of a project by id, so that a page can show `bikes v7` where the server has `mv_...`. */
export function useVersions(project: string): Map<string, VersionSummary> {
  return useQuery(allVersionsQuery(project)).data ?? NONE
}
