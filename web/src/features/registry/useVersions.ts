import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { VersionSummary } from '../../api/types.ts'
import { modelQuery, modelsQuery } from './queries.ts'

/** All versions of a project's models by id, so that a page can say `bikes v7` where the server says `mv_...`. */
export function useVersions(project: string): Map<string, VersionSummary> {
  const models = useQuery({ ...modelsQuery(project), enabled: project !== '' })
  const pages = useQueries({ queries: (models.data?.items ?? []).map((model) => modelQuery(project, model.name)) })
  const found = pages.map((page) => page.data)
  return useMemo(() => new Map(found.flatMap((page) => page?.versions ?? []).map((version) => [version.id, version])), [...found])
}
