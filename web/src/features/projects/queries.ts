import { queryOptions } from '@tanstack/react-query'
import type { Page, Project, ProjectPage } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

export const projectsQuery = () => queryOptions({ queryKey: ['projects'], queryFn: ({ signal }) => get<Page<Project>>('projects', {}, signal) })

export const projectQuery = (project: string) =>
  queryOptions({ queryKey: ['projects', project], queryFn: ({ signal }) => get<ProjectPage>(`projects/${encodeURIComponent(project)}`, {}, signal), enabled: project !== '' })
