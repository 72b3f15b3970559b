import { expect, test } from 'vitest'
import { parseEvents, type ServerEvent } from './sse.ts'

async function eventsOf(...chunks: string[]): Promise<ServerEvent[]> {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk))
      controller.close()
    },
  })
  const found: ServerEvent[] = []
  for await (const event of parseEvents(body)) found.push(event)
  return found
}

test('events are found wherever the network cuts them', async () => {
  const whole = 'retry: 2000\n\nid: 7\nevent: ledger\ndata: {"a":\ndata: 1}\n\n: still here\n\nevent: points\ndata: []\n\n'
  const wanted = [
    { id: '7', name: 'ledger', data: '{"a":\n1}' },
    { id: '7', name: 'points', data: '[]' },
  ]
  expect(await eventsOf(whole)).toEqual(wanted)
  expect(await eventsOf(...whole)).toEqual(wanted)
  expect(await eventsOf(...whole.replaceAll('\n', '\r\n'))).toEqual(wanted)
})

test('an unfinished event at the end is dropped', async () => {
  expect(await eventsOf('data: 1\n\n', 'data: 2')).toEqual([{ id: '', name: 'message', data: '1' }])
})
