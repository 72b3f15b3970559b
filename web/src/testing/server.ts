import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** A small HTTP server for tests; pages of the test ask it, because the base address of the document is its own. */
export type TestServer = {
  requests: IncomingMessage[]
  answer: (request: IncomingMessage, response: ServerResponse) => void
  close: () => Promise<void>
  url: string
}

export async function startServer(answer: TestServer['answer']): Promise<TestServer> {
  const requests: IncomingMessage[] = []
  const open: Set<ServerResponse> = new Set()
  const made: Omit<TestServer, 'url' | 'close'> = { requests, answer }
  const server: Server = createServer((request, response) => {
    requests.push(request)
    open.add(response)
    response.on('close', () => open.delete(response))
    made.answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const where = server.address()
  const url = typeof where === 'object' && where ? `http://127.0.0.1:${where.port}/` : ''
  document.head.innerHTML = `<base href="${url}" />`
  const close = () =>
    new Promise<void>((done) => {
      for (const response of open) response.destroy()
      server.close(() => done())
    })
  return Object.assign(made, { url, close })
}

/** Answer with JSON. */
export function reply(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
  response.end(JSON.stringify(body))
}
