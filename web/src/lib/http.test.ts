import { afterEach, expect, test } from 'vitest'
import { reply, startServer, type TestServer } from '../testing/server.ts'
import { address, getText, Problem, send } from './http.ts'
import { beginSession, endSession, session } from './session.ts'

let server: TestServer | undefined

afterEach(async () => {
  endSession('signed-out')
  await server?.close()
})

async function failure(of: Promise<unknown>): Promise<Problem> {
  const raised = await of.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (raised instanceof Problem) return raised
  throw new Error(`no Problem was raised, but ${String(raised)}`)
}

test('the secret of the session is sent as a bearer token, and no cookie', async () => {
  server = await startServer((_, response) => reply(response, {}))
  document.cookie = 'stolen=1'
  beginSession('ses_secret')
  await send(address('me'))
  expect(server.requests[0]?.headers.authorization).toBe('Bearer ses_secret')
  expect(server.requests[0]?.headers.cookie).toBeUndefined()
})

test('a query leaves out what is empty and joins lists', () => {
  document.head.innerHTML = '<base href="http://localhost:3000/prefix/" />'
  expect(address('runs', { a: 'x y', kinds: ['run', 'step'], none: undefined, empty: '', zero: 0 })).toBe(
    'http://localhost:3000/prefix/api/v1/runs?a=x+y&kinds=run%2Cstep&zero=0',
  )
})

test('a problem of the server keeps its code, its text and its fields', async () => {
  server = await startServer((_, response) =>
    reply(response, { code: 'NotFound', detail: "no run 'x'", kind: 'run', key: 'x', status: 404 }, 404),
  )
  const problem = await failure(getText('runs/x'))
  expect([problem.status, problem.code, problem.message, problem.text('kind'), problem.text('key')]).toEqual([
    404,
    'NotFound',
    "no run 'x'",
    'run',
    'x',
  ])
})

test('a page of a proxy becomes a problem with its text', async () => {
  server = await startServer((_, response) => {
    response.writeHead(502, { 'content-type': 'text/html' })
    response.end('bad gateway')
  })
  const problem = await failure(getText('runs'))
  expect([problem.status, problem.code, problem.message]).toEqual([502, '', 'bad gateway'])
})

test('without a server the problem has status 0', async () => {
  server = await startServer((_, response) => reply(response, {}))
  await server.close()
  expect((await failure(getText('runs'))).status).toBe(0)
  server = undefined
})

test('a refused session is forgotten; a refused sign-in leaves the session alone', async () => {
  server = await startServer((_, response) => reply(response, { code: 'Unauthenticated', detail: 'no' }, 401))
  expect((await failure(getText('login'))).status).toBe(401)
  expect(session.get()).toEqual({ secret: null, ended: 'signed-out' })
  beginSession('ses_old')
  await failure(getText('me'))
  expect(session.get()).toEqual({ secret: null, ended: 'refused' })
  expect(Object.keys(localStorage).filter((key) => key.startsWith('meguri-session'))).toEqual([])
})
