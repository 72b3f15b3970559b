import { infiniteQueryOptions } from '@tanstack/react-query'
import { address, send, type Query } from '../lib/http.ts'
import type { Key } from './keys.ts'
import type { components, paths } from './schema.ts'

/** Requests whose paths, parameters, bodies and answers are those of `openapi.json`; `schema.ts` is generated from it. */

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Operation<P extends keyof paths, M extends Method> = Exclude<paths[P][M], undefined>
/** The paths that have a method. */
type PathsOf<M extends Method> = { [P in keyof paths]: [Operation<P, M>] extends [never] ? never : P }[keyof paths]
type JsonOf<R> = R extends { content: { 'application/json': infer T } } ? T : null
type Answer<O> = O extends { responses: infer R }
  ? { [S in keyof R]: S extends 200 | 201 | 202 | 204 ? JsonOf<R[S]> : never }[keyof R]
  : never
type Names<O> = O extends { parameters: { path: infer T } } ? T : Record<string, never>
type QueryOf<O> = O extends { parameters: { query?: infer T } } ? (T extends object ? T : Record<string, never>) : Record<string, never>
type Body<O> = O extends { requestBody: { content: { 'application/json': infer T } } } ? Partial<T> : unknown

/** Fetch what is at a path. Raises Problem. */
export async function get<P extends PathsOf<'get'>>(
  path: P,
  names: Names<Operation<P, 'get'>> & object,
  query: QueryOf<Operation<P, 'get'>> & object,
  signal?: AbortSignal,
): Promise<Answer<Operation<P, 'get'>>> {
  return decode(
    await send(address(filled(path, names), Object.fromEntries(Object.entries(query))), {
      headers: { accept: 'application/json' },
      signal: signal ?? null,
    }),
  )
}

/** Send a change. Raises Problem. */
export async function change<M extends Exclude<Method, 'get'>, P extends PathsOf<M>>(
  method: M,
  path: P,
  names: Names<Operation<P, M>> & object,
  body?: Body<Operation<P, M>>,
): Promise<Answer<Operation<P, M>>> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  return decode(await send(address(filled(path, names)), { method: method.toUpperCase(), headers, body: JSON.stringify(body ?? {}) }))
}

/** The path with its names, each of them escaped. */
export function filled(path: string, names: object): string {
  const given = new Map<string, unknown>(Object.entries(names))
  return path.replace(/^\/api\/v1\//, '').replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(given.get(name) ?? '')))
}

const FIRST = ''
const PAGE = 200
type ListPaths = {
  [P in PathsOf<'get'>]: Answer<Operation<P, 'get'>> extends { items: unknown[]; next: string | null } ? P : never
}[PathsOf<'get'>]
type Item<P extends ListPaths> = Answer<Operation<P, 'get'>> extends { items: (infer T)[] } ? T : never

/** A list that is read page by page. */
export function pagesOf<P extends ListPaths>(queryKey: Key, path: P, names: Names<Operation<P, 'get'>> & object, query: Query = {}) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: async ({ pageParam, signal }): Promise<{ items: Item<P>[]; next: string | null }> =>
      decode(
        await send(address(filled(path, names), { limit: PAGE, ...query, cursor: pageParam }), {
          headers: { accept: 'application/json' },
          signal,
        }),
      ),
    initialPageParam: FIRST,
    getNextPageParam: (last) => last.next ?? undefined,
  })
}

/** The one place where JSON becomes typed: its shape is the server's promise in `openapi.json`, which the browser tests check. */
async function decode<T>(response: Response): Promise<T> {
  const body: T = response.status === 204 ? null : await response.json()
  return body
}

export type Schemas = components['schemas']
