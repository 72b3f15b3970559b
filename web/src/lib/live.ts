import { useSyncExternalStore } from 'react'
import { address } from './http.ts'
import { isRecord, numberAt, textAt, type Json, type JsonRecord } from './json.ts'

/** The project's one event stream: every page hears of changes through it, and nothing polls while it is open. */
export type LiveState = 'connecting' | 'open' | 'waiting' | 'paused'
export type LiveEvent = { sequence: number; kind: string; subject: string; payload: JsonRecord }
export type LiveListener = { ledger?: (event: LiveEvent) => void; points?: (runs: Json) => void; gap?: () => void }

const listeners = new Set<LiveListener>()
const watchers = new Set<() => void>()
let source: EventSource | undefined
let state: LiveState = 'connecting'
/** Empty: events of every project. */
let project: string | undefined
let last = 0
let wait = 1_000
let broken = false
let retry: ReturnType<typeof setTimeout> | undefined

export function follow(name: string): void {
  if (name === project) return
  project = name
  last = 0
  if (state !== 'paused') open()
}

export function pause(): void {
  close()
  become('paused')
}

/** Goes on after a pause; what happened meanwhile is asked for anew. */
export function resume(): void {
  open()
  for (const each of listeners) each.gap?.()
}

export function listen(listener: LiveListener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => state,
  )
}

function open(): void {
  close()
  become('connecting')
  // The browser sends Last-Event-ID by itself when a connection breaks; after a refusal we start anew and send it as `after`.
  source = new EventSource(address('stream', { project, after: last || undefined }))
  source.onopen = () => {
    wait = 1_000
    become('open')
    if (!broken) return
    // What happened while nobody listened is asked for anew: a stream that had no event yet has no place to go on from.
    broken = false
    for (const each of listeners) each.gap?.()
  }
  source.addEventListener('ledger', (message) => {
    const body = parse(message)
    if (!isRecord(body)) return
    last = Number(message.lastEventId) || last
    const payload = body.payload
    const event = { sequence: numberAt(body, 'sequence') ?? last, kind: textAt(body, 'kind') ?? '', subject: textAt(body, 'subject') ?? '', payload: isRecord(payload) ? payload : {} }
    for (const each of listeners) each.ledger?.(event)
  })
  source.addEventListener('points', (message) => {
    const body = parse(message)
    for (const each of listeners) each.points?.(body)
  })
  source.onerror = () => {
    broken = true
    become('waiting')
    if (source?.readyState !== EventSource.CLOSED) return
    retry = setTimeout(open, wait)
    wait = Math.min(wait * 2, 30_000)
  }
}

function close(): void {
  clearTimeout(retry)
  source?.close()
  source = undefined
}

function become(next: LiveState): void {
  if (next === state) return
  state = next
  for (const watcher of watchers) watcher()
}

function parse(message: MessageEvent<string>): Json {
  try {
    const body: Json = JSON.parse(message.data)
    return body
  } catch {
    return null
  }
}
