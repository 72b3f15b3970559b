import { useQueries, useQuery } from '@tanstack/react-query'
import type { ModelPage, VersionSummary } from '../../api/types.ts'
import { modelQuery, modelsQuery } from './queries.ts'

/** All versions of a project's models by id, so that a page can say `bikes v7` where the server says `mv_...`. */
export function useVersions(project: string): Map<string, VersionSummary> {
  const models = useQuery({ ...modelsQuery(project), enabled: project !== '' })
  return useQueries({ queries: (models.data?.items ?? []).map((model) => modelQuery(project, model.name)), combine: byId })
}

/** One function for all calls, so that the map changes only when an answer does. */
function byId(pages: { data: ModelPage | undefined }[]): Map<string, VersionSummary> {
  return new Map(pages.flatMap((page) => page.data?.versions ?? []).map((version) => [version.id, version]))
}
