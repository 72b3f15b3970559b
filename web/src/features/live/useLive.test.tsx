import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { renderHook } from '@testing-library/react'
import type { ServerResponse } from 'node:http'
import { afterEach, expect, test, vi } from 'vitest'
import { keys, touchedBy } from '../../api/keys.ts'
import { unfollow } from '../../lib/live.ts'
import { startServer, type TestServer } from '../../testing/server.ts'
import { useLive } from './useLive.ts'

let server: TestServer | undefined

afterEach(async () => {
  unfollow()
  await server?.close()
})

test('an event makes stale what it touches, an open lineage graph too, and nothing else', async () => {
  let stream: ServerResponse | undefined
  server = await startServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': hello\n\n')
    stream = response
  })
  const client = new QueryClient()
  const [lineage, models, sources] = [keys.lineage('run', 'run_1', 'both', 8), keys.models('pond'), keys.sources('pond')]
  for (const key of [lineage, models, sources]) client.setQueryData(key, 'old')
  renderHook(() => useLive('pond'), { wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider> })
  await vi.waitFor(() => expect(stream).toBeDefined())
  stream?.write(
    `id: 1\nevent: ledger\ndata: ${JSON.stringify({ sequence: 1, kind: 'model_version.created', subject: 'mv_1', payload: {} })}\n\n`,
  )
  const isStale = (key: readonly unknown[]) => client.getQueryState(key)?.isInvalidated
  await vi.waitFor(() => expect(isStale(models)).toBe(true), { timeout: 3_000 })
  expect([isStale(lineage), isStale(sources)]).toEqual([true, false])
})

test('every event may change the overview, the history and the audit', () => {
  expect(touchedBy('something.new')).toEqual(['overview', 'history', 'jobs', 'audit', 'search'])
  expect(touchedBy('deployment.live')).toContain('lineage')
})
