import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { topicOf, touchedBy, TOUCHED_BY_POINTS, type Topic } from '../../api/keys.ts'
import { follow, listen } from '../../lib/live.ts'

const PAUSE_MS = 1_000

/** Keeps every query of the page fresh by the project's event stream: at most once a second, however much happens. */
export function useLive(project: string): void {
  const client = useQueryClient()
  useEffect(() => {
    follow(project)
  }, [project])
  useEffect(() => {
    const waiting = new Set<Topic>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = () => {
      timer = undefined
      const stale = new Set(waiting)
      waiting.clear()
      const isStale = (queryKey: readonly unknown[]) => {
        const topic = topicOf(queryKey)
        return topic !== undefined && stale.has(topic)
      }
      void client.invalidateQueries({ predicate: (query) => isStale(query.queryKey) }, { cancelRefetch: false })
    }
    const touch = (topics: Topic[]) => {
      for (const topic of topics) waiting.add(topic)
      timer ??= setTimeout(flush, PAUSE_MS)
    }
    const stop = listen({
      ledger: (event) => touch(touchedBy(event.kind)),
      points: () => touch(TOUCHED_BY_POINTS),
      gap: () => void client.invalidateQueries(),
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [client])
}
