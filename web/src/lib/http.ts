import { authorization, endSession, session } from './session.ts'

/** Requests to our own server, relative to the base href, with the session's secret in the `Authorization` header. */

/** An RFC 9457 problem as the server answers it; `status` 0: no answer. `fields`: what the problem says for programs. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly fields: Record<string, unknown>
  constructor(status: number, code: string, detail: string, fields: Record<string, unknown> = {}) {
    super(detail)
    this.status = status
    this.code = code
    this.fields = fields
  }

  /** A field that holds a text; empty where there is none. */
  text(field: string): string {
    const value = this.fields[field]
    return typeof value === 'string' ? value : ''
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

export async function getText(path: string, query: Query = {}, signal?: AbortSignal): Promise<string> {
  return (await send(address(path, query), { signal: signal ?? null })).text()
}

/** Fetch an address of our server. Raises Problem; a refused session ends here, so that every page asks for a sign-in. */
export async function send(url: string, init: RequestInit = {}): Promise<Response> {
  const used = session.get().secret
  let response: Response
  try {
    response = await fetch(url, {
      ...init,
      credentials: 'omit',
      headers: { ...authorization(), ...Object.fromEntries(new Headers(init.headers)) },
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, 'Unreachable', error instanceof Error ? error.message : String(error))
  }
  if (response.ok) return response
  if (response.status === 401 && used !== null && used === session.get().secret) endSession('refused')
  throw await problemOf(response)
}

async function problemOf(response: Response): Promise<Problem> {
  const raw = await response.text()
  try {
    const { code, detail, title, ...fields }: Record<string, unknown> = JSON.parse(raw)
    // `error` is what the Open Inference Protocol has instead of a detail.
    const said = [detail, fields.error, title].find((each) => typeof each === 'string') ?? response.statusText
    return new Problem(response.status, typeof code === 'string' ? code : '', String(said), fields)
  } catch {
    // Not JSON: the page of a proxy, whose text is the detail.
    return new Problem(response.status, '', raw.slice(0, 400) || response.statusText)
  }
}
