import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { follow, listen } from '../../lib/live.ts'

/** The first word of the keys of queries that may have changed after an event; more may follow in the key. */
const TOUCHED: Record<string, string[]> = {
  project: ['projects', 'sources', 'datasets', 'features', 'pipelines', 'endpoints', 'monitors', 'triggers'],
  rows: ['sources', 'quarantine'],
  snapshot: ['datasets'],
  run: ['runs', 'experiments', 'projects'],
  pipeline_run: ['pipelines', 'runs'],
  model_version: ['models'],
  alias: ['models'],
  promotion: ['promotions', 'models'],
  deployment: ['endpoints', 'models'],
  watermark: ['projects', 'sources', 'endpoints', 'monitors'],
  monitor: ['monitors', 'alerts'],
  alert: ['alerts', 'monitors'],
  trigger: ['triggers'],
  bake: ['promotions', 'endpoints'],
}

const PAUSE_MS = 1_000

/** Keeps every query of the page fresh by the project's one stream: at most once a second, however much happens. */
export function useLive(project: string): void {
  const client = useQueryClient()
  useEffect(() => {
    follow(project)
  }, [project])
  useEffect(() => {
    const waiting = new Set<string>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = () => {
      timer = undefined
      const stale = new Set(waiting)
      waiting.clear()
      void client.invalidateQueries({ predicate: (query) => typeof query.queryKey[0] === 'string' && stale.has(query.queryKey[0]) }, { cancelRefetch: false })
    }
    const touch = (keys: string[]) => {
      for (const key of keys) waiting.add(key)
      timer ??= setTimeout(flush, PAUSE_MS)
    }
    const stop = listen({
      ledger: (event) => touch(['overview', 'history', 'jobs', ...(TOUCHED[event.kind.slice(0, event.kind.indexOf('.'))] ?? [])]),
      points: () => touch(['series', 'runs']),
      gap: () => void client.invalidateQueries(),
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [client])
}
