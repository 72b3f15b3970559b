import { queryOptions } from '@tanstack/react-query'
import type { Health, Job, Page } from '../../api/types.ts'
import { get, send } from '../../lib/http.ts'

export const jobsQuery = (project: string) => queryOptions({ queryKey: ['jobs', project], queryFn: ({ signal }) => get<Page<Job>>('jobs', { project, limit: 300 }, signal) })

/** Outside of the REST prefix: the address that watchdogs ask. */
export const healthQuery = () =>
  queryOptions({
    queryKey: ['jobs', 'health'],
    queryFn: async ({ signal }): Promise<Health> => {
      const body: Health = await (await send(new URL('health', document.baseURI).href, { signal })).json()
      return body
    },
  })
