import { queryOptions } from '@tanstack/react-query'
import { get } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'

/** The projects that the reader may see. */
export const projectsQuery = () =>
  queryOptions({ queryKey: keys.projects(), queryFn: ({ signal }) => get('/api/v1/projects', {}, {}, signal) })

export const projectQuery = (project: string) =>
  queryOptions({
    queryKey: keys.project(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}', { project }, {}, signal),
    enabled: project !== '',
  })
