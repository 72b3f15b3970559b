import { Store, useSelector } from '@tanstack/react-store'
import { address, Problem, send } from './http.ts'
import { isRecord, numberAt, textAt, type JsonRecord } from './json.ts'
import { parseEvents, type ServerEvent } from './sse.ts'

/** The project's event stream: every page learns of changes from it. It is read by `fetch`, which can send the session's secret. */
export type LiveState = 'connecting' | 'open' | 'waiting' | 'paused'
export type LiveEvent = { sequence: number; kind: string; subject: string; payload: JsonRecord }
/** `gap`: events may have been missed, so everything has to be asked for again. */
export type LiveListener = { ledger?: (event: LiveEvent) => void; points?: (runs: unknown) => void; gap?: () => void }

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000
/** A browser keeps about six connections to one HTTP/1.1 server for all its tabs, so a hidden tab gives its stream back. */
const HIDDEN_MS = 10_000

const listeners = new Set<LiveListener>()
const state = new Store<LiveState>('connecting')
let project: string | undefined
let last = 0
let wait = FIRST_WAIT_MS
let missed = false
let connection: AbortController | undefined
let retry: ReturnType<typeof setTimeout> | undefined
let hiding: ReturnType<typeof setTimeout> | undefined

/** Read the events of a project; an empty name: of every project that the reader may see. */
export function follow(name: string): void {
  if (name === project) return
  project = name
  last = 0
  missed = false
  if (state.get() !== 'paused') open()
}

/** End the stream, for example after a sign-out. */
export function unfollow(): void {
  project = undefined
  close()
  become('connecting')
}

export function pause(): void {
  close()
  become('paused')
}

/** Go on after a pause; everything is asked for again. */
export function resume(): void {
  missed = true
  open()
}

export function listen(listener: LiveListener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useLiveState(): LiveState {
  return useSelector(state)
}

function open(): void {
  close()
  if (project === undefined) return
  become('connecting')
  const opened = new AbortController()
  connection = opened
  void read(project, opened)
}

async function read(name: string, opened: AbortController): Promise<void> {
  try {
    const headers: Record<string, string> = { accept: 'text/event-stream', ...(last ? { 'last-event-id': String(last) } : {}) }
    const response = await send(address('stream', { project: name }), { headers, signal: opened.signal })
    if (!response.body) throw new Problem(0, 'Unreachable', 'the stream has no body')
    wait = FIRST_WAIT_MS
    become('open')
    if (missed) for (const each of listeners) each.gap?.()
    missed = true // from here on a break loses points, which are not sent again
    for await (const event of parseEvents(response.body)) {
      if (connection !== opened) return
      handle(event)
    }
  } catch (error) {
    if (connection !== opened) return
    if (error instanceof Problem && error.status === 401) return close() // a sign-in opens it again
  }
  if (connection !== opened) return
  missed = true
  become('waiting')
  retry = setTimeout(open, wait)
  wait = Math.min(wait * 2, LONGEST_WAIT_MS)
}

function handle(event: ServerEvent): void {
  const body = parse(event.data)
  if (event.name === 'points') {
    for (const each of listeners) each.points?.(body)
    return
  }
  if (event.name !== 'ledger' || !isRecord(body)) return
  last = Number(event.id) || last
  const payload = body.payload
  const received = {
    sequence: numberAt(body, 'sequence') ?? last,
    kind: textAt(body, 'kind') ?? '',
    subject: textAt(body, 'subject') ?? '',
    payload: isRecord(payload) ? payload : {},
  }
  for (const each of listeners) each.ledger?.(received)
}

function close(): void {
  clearTimeout(retry)
  connection?.abort()
  connection = undefined
}

function become(next: LiveState): void {
  state.setState(() => next)
}

function parse(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text)
    return body
  } catch {
    return null
  }
}

document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding)
  if (document.hidden) hiding = setTimeout(close, HIDDEN_MS)
  else if (connection === undefined && state.get() !== 'paused') open()
})
