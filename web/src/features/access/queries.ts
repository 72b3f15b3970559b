import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { get } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import { Problem } from '../../lib/http.ts'

/** Who the reader is, and what the reader may do. */
export const meQuery = () =>
  queryOptions({
    queryKey: keys.me(),
    queryFn: ({ signal }) => get('/api/v1/me', {}, {}, signal),
    retry: (count, error) => error instanceof Problem && (error.status === 0 || error.status >= 500) && count < 2,
  })

export const mySessionsQuery = () =>
  queryOptions({ queryKey: keys.mySessions(), queryFn: ({ signal }) => get('/api/v1/me/sessions', {}, {}, signal) })
export const myTokensQuery = () =>
  queryOptions({ queryKey: keys.myTokens(), queryFn: ({ signal }) => get('/api/v1/me/tokens', {}, {}, signal) })
export const sessionsQuery = () =>
  queryOptions({ queryKey: keys.sessions(), queryFn: ({ signal }) => get('/api/v1/sessions', {}, {}, signal) })
export const tokensQuery = () => queryOptions({ queryKey: keys.tokens(), queryFn: ({ signal }) => get('/api/v1/tokens', {}, {}, signal) })
export const usersQuery = () => queryOptions({ queryKey: keys.users(), queryFn: ({ signal }) => get('/api/v1/users', {}, {}, signal) })

/** The users who have a role in a project. */
export const membersQuery = (project: string) =>
  queryOptions({
    queryKey: keys.members(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/members', { project }, {}, signal),
  })

export type AuditFilter = { actor?: string | undefined; kind?: string | undefined; since?: string | undefined; until?: string | undefined }

/** Where the events are listed: of one project, or (without one) of the installation. */
export function auditPath(project: string | undefined): string {
  return project ? `projects/${encodeURIComponent(project)}/audit` : 'audit'
}

const FIRST = ''

/** The newest first. */
export const auditQuery = (project: string | undefined, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: keys.audit(project, filter.actor, filter.kind, filter.since, filter.until),
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, limit: 200, cursor: pageParam }
      return project ? get('/api/v1/projects/{project}/audit', { project }, query, signal) : get('/api/v1/audit', {}, query, signal)
    },
    initialPageParam: FIRST,
    getNextPageParam: (last) => last.next ?? undefined,
  })
