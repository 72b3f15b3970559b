/** Requests to our own server, relative to the base href; same-origin cookie, CSRF token on everything that changes something. */

/** RFC 9457 problem, as the server answers it; status 0: nothing answered. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
  }
}

export type Query = Record<string, string | number | boolean | string[] | null | undefined>

export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue
    search.set(key, Array.isArray(value) ? value.join(',') : String(value))
  }
  const text = search.toString()
  return new URL(`api/v1/${path}${text ? `?${text}` : ''}`, document.baseURI).href
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return decode<T>(await send(address(path, query), { headers: { accept: 'application/json' }, signal: signal ?? null }))
}

export async function getText(path: string, query: Query = {}, signal?: AbortSignal): Promise<string> {
  return (await send(address(path, query), { signal: signal ?? null })).text()
}

export async function change<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body: unknown = {}, query: Query = {}): Promise<T> {
  return decode<T>(await send(address(path, query), { method, headers: headers(), body: JSON.stringify(body) }))
}

/** For addresses outside the REST API (an endpoint's own inference address). */
export function headers(): Record<string, string> {
  const token = document.querySelector('meta[name="csrf"]')?.getAttribute('content') ?? ''
  return { 'content-type': 'application/json', accept: 'application/json', 'x-meguri-csrf': token }
}

export async function send(url: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, 'unreachable', error instanceof Error ? error.message : String(error))
  }
  if (response.ok) return response
  const raw = await response.text()
  let code = ''
  let detail = raw.slice(0, 400)
  try {
    const problem: { code?: string; detail?: string; title?: string } = JSON.parse(raw)
    code = problem.code ?? ''
    detail = problem.detail ?? problem.title ?? detail
  } catch {
    // not JSON: a proxy's page; its text is the detail
  }
  throw new Problem(response.status, code, detail || response.statusText)
}

/** The one place where JSON becomes typed: its shape is the server's promise (openapi.json), checked by the browser tests. */
async function decode<T>(response: Response): Promise<T> {
  const body: T = response.status === 204 ? null : await response.json()
  return body
}
