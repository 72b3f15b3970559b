import type { ServerResponse } from 'node:http'
import { afterEach, expect, test, vi } from 'vitest'
import { reply, startServer, type TestServer } from '../testing/server.ts'
import { follow, listen, pause, resume, unfollow } from './live.ts'
import { beginSession, endSession } from './session.ts'

let server: TestServer | undefined
let stop: (() => void) | undefined

afterEach(async () => {
  stop?.()
  unfollow()
  endSession('signed-out')
  await server?.close()
})

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write('retry: 2000\n\n')
}

function ledger(response: ServerResponse, sequence: number, kind: string): void {
  response.write(`id: ${sequence}\nevent: ledger\ndata: ${JSON.stringify({ sequence, kind, subject: 'x', payload: { n: sequence } })}\n\n`)
}

/** What a listener receives. */
function received(): { events: number[]; gaps: number; points: unknown[] } {
  const heard: { events: number[]; gaps: number; points: unknown[] } = { events: [], gaps: 0, points: [] }
  stop = listen({
    ledger: (event) => heard.events.push(event.sequence),
    gap: () => (heard.gaps += 1),
    points: (runs) => heard.points.push(runs),
  })
  return heard
}

test('events and points arrive, with the session in the header', async () => {
  let stream: ServerResponse | undefined
  server = await startServer((_, response) => {
    begin(response)
    stream = response
  })
  beginSession('ses_live')
  const heard = received()
  follow('pond')
  await vi.waitFor(() => expect(stream).toBeDefined())
  if (stream) {
    ledger(stream, 5, 'run.started')
    stream.write('event: points\ndata: ["run_1"]\n\n')
  }
  await vi.waitFor(() => expect(heard).toEqual({ events: [5], gaps: 0, points: [['run_1']] }))
  expect(server.requests[0]?.url).toBe('/api/v1/stream?project=pond')
  expect(server.requests[0]?.headers.authorization).toBe('Bearer ses_live')
})

test('a broken stream goes on after the last event and reports a gap', async () => {
  let count = 0
  server = await startServer((_, response) => {
    count += 1
    begin(response)
    ledger(response, count, 'run.started')
    if (count === 1) setTimeout(() => response.destroy(), 50)
  })
  const heard = received()
  follow('pond')
  await vi.waitFor(() => expect(heard.events).toEqual([1, 2]), { timeout: 5_000 })
  expect(heard.gaps).toBe(1)
  expect(server.requests[1]?.headers['last-event-id']).toBe('1')
})

test('a paused stream is closed; going on asks for everything again', async () => {
  server = await startServer((_, response) => begin(response))
  const heard = received()
  follow('pond')
  await vi.waitFor(() => expect(server?.requests.length).toBe(1))
  pause()
  await new Promise((done) => setTimeout(done, 1_500))
  expect(server.requests.length).toBe(1)
  resume()
  await vi.waitFor(() => expect(heard.gaps).toBe(1))
  expect(server.requests.length).toBe(2)
})

test('a refused session is not asked with again', async () => {
  server = await startServer((_, response) => reply(response, { code: 'Unauthenticated', detail: 'no' }, 401))
  received()
  follow('pond')
  await vi.waitFor(() => expect(server?.requests.length).toBe(1))
  await new Promise((done) => setTimeout(done, 1_500))
  expect(server.requests.length).toBe(1)
})

test('a hidden tab gives its stream back, and takes it again when it is shown', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    let closed = 0
    server = await startServer((_, response) => {
      response.on('close', () => (closed += 1))
      begin(response)
    })
    follow('pond')
    await vi.waitFor(() => expect(server?.requests.length).toBe(1))
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    document.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(11_000)
    await vi.waitFor(() => expect(closed).toBe(1))
    hidden.mockReturnValue(false)
    document.dispatchEvent(new Event('visibilitychange'))
    await vi.waitFor(() => expect(server?.requests.length).toBe(2))
    hidden.mockRestore()
  } finally {
    vi.useRealTimers()
  }
})
