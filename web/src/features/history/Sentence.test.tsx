import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { render, waitFor } from '@testing-library/react'
import { IntlProvider } from 'use-intl'
import { expect, test } from 'vitest'
import type { Event } from '../../api/types.ts'
import { en } from '../../messages/en.ts'
import { ja } from '../../messages/ja.ts'
import { Sentence } from './Sentence.tsx'

async function said(kind: string, payload: Record<string, unknown>, language: 'ja' | 'en' = 'en'): Promise<string> {
  const event: Event = {
    sequence: 1,
    actor: 'system',
    kind,
    project: 'pond',
    subject: 'subject',
    payload,
    at: '2026-01-01T00:00:00Z',
    event_at: null,
  }
  const route = createRootRoute({ component: () => <Sentence event={event} /> })
  const router = createRouter({ routeTree: route, history: createMemoryHistory({ initialEntries: ['/'] }) })
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } })
  const { container, unmount } = render(
    <IntlProvider locale={language} messages={language === 'ja' ? ja : en} timeZone="UTC">
      <QueryClientProvider client={client}>
        <RouterProvider<typeof router> router={router} />
      </QueryClientProvider>
    </IntlProvider>,
  )
  await waitFor(() => expect(container.textContent).not.toBe(''))
  const text = container.textContent ?? ''
  unmount()
  return text
}

test('a retraining is explained by its evidence, not by prose of the server', async () => {
  const evidence = { event: 3, monitor: 'pond-quality', signal: 'quality' }
  const payload = { pipeline: 'retrain', trigger: 'lost-accuracy', reason: 'whatever the server says', evidence }
  expect(await said('pipeline_run.started', payload)).toBe('Lost accuracy on pond-quality started retrain')
  expect(await said('pipeline_run.started', payload, 'ja')).toBe('pond-quality の精度の低下により retrain を開始しました')
  expect(await said('pipeline_run.started', { pipeline: 'retrain', trigger: 'manual' })).toBe('Manual started retrain')
  expect(await said('pipeline_run.started', { pipeline: 'retrain', trigger: 'weekly', evidence: { event: 4 } })).toBe(
    'The schedule started retrain',
  )
})

test('a promotion says by how much, and a refused one why', async () => {
  const both = { model: 'pond', challenger: 'mv_b', number: 2, champion: 'mv_a', champion_number: 1 }
  expect(await said('promotion.approved', { ...both, evidence: { improvement: 0.38 } })).toBe(
    'pond v2 is 38% better than pond v1 and was promoted',
  )
  expect(await said('promotion.rejected', { ...both, evidence: { improvement: 0.1, share_better: 0.7 } })).toContain(
    'not with enough confidence (70%)',
  )
})

test('quarantined rows are counted in both languages', async () => {
  const payload = { source: 'readings', count: 2, columns: ['load'] }
  expect(await said('rows.quarantined', payload)).toBe('2 rows of readings were quarantined (load)')
  expect(await said('rows.quarantined', payload, 'ja')).toBe('readings の 2 行を隔離しました（load）')
})

test('a change of access says what changed', async () => {
  const role = { user: 'kim', role: 'editor', former: 'viewer' }
  expect(await said('role.changed', role)).toBe('The role of kim in pond changed: viewer → editor')
  expect(await said('role.changed', role, 'ja')).toBe('pond での kim のロールを変更しました：閲覧者 → 編集者')
  expect(await said('role.changed', { ...role, former: null })).toBe('kim was given the role editor in pond')
  expect(await said('role.changed', { ...role, role: null })).toBe('kim lost the role viewer in pond and has none there')
  const token = { user: 'kim', name: 'laptop', scopes: ['read', 'predict'], projects: ['pond', 'bikes'] }
  expect(await said('token.created', token)).toBe('Token laptop of kim was created (scopes: read, predict; projects: pond, bikes)')
  expect(await said('token.created', { ...token, projects: null })).toContain('projects: all)')
  expect(await said('token.rotated', { ...token, overlap_seconds: 3600 })).toContain('works for another 1 h')
  expect(await said('user.changed', { is_admin: false })).toBe('subject is no longer an administrator')
  expect(await said('sign_in.failed', { address: '10.0.0.7' })).toBe('Sign-in as subject from 10.0.0.7 failed')
})

test('no kind of access event is shown by its raw name', async () => {
  const kinds = ['created', 'changed', 'disabled', 'enabled', 'deleted', 'password_changed'].map((each) => `user.${each}`)
  const others = ['token.revoked', 'session.started', 'session.ended', 'login_code.created', 'role.changed']
  for (const kind of [...kinds, ...others])
    for (const language of ['en', 'ja'] as const) expect(await said(kind, {}, language)).not.toContain(kind)
})

test('a kind that these pages do not know is shown by its name', async () => {
  expect(await said('comet.passed', {})).toBe('comet.passed subject')
})
