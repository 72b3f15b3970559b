import { useQuery } from '@tanstack/react-query'
import { projectsQuery } from './queries.ts'

/** Whether a project folder was applied under this name; undefined while that is not known. A project of runs alone has no definitions. */
export function useApplied(project: string): boolean | undefined {
  const projects = useQuery(projectsQuery())
  if (!projects.data) return undefined
  return projects.data.items.some((each) => each.name === project && each.bundle !== null)
}
