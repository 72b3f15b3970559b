import { queryOptions } from '@tanstack/react-query'
import { pagesOf } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { Readiness } from '../../api/types.ts'
import { Problem, send } from '../../lib/http.ts'

/** The newest first. */
export const jobsQuery = (project: string) => pagesOf(keys.jobs(project), '/api/v1/projects/{project}/jobs', { project })

/** What the server needs, part by part; fetched every 30 s, because a full disk causes no event. */
export const readinessQuery = () =>
  queryOptions({ queryKey: keys.health(), queryFn: ({ signal }) => readiness(signal), refetchInterval: 30_000 })

async function readiness(signal: AbortSignal): Promise<Readiness> {
  try {
    const body: Readiness = await (await send(new URL('ready', document.baseURI).href, { signal })).json()
    return body
  } catch (error) {
    // A server that is not ready answers 503 with the same body.
    if (error instanceof Problem && Array.isArray(error.fields.parts))
      return { ready: false, version: error.text('version'), parts: error.fields.parts }
    throw error
  }
}
