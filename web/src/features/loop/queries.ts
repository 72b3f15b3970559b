import { queryOptions } from '@tanstack/react-query'
import { get } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'

export const overviewQuery = (project: string) =>
  queryOptions({
    queryKey: keys.overview(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/overview', { project }, {}, signal),
  })
