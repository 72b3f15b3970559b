import assert from 'node:assert/strict'
import { test } from 'vitest'
import type { Graph } from '../../api/types.ts'
import { keyOf, nearest, place } from './layout.ts'

const chain = (length: number): Graph => ({
  nodes: Array.from({ length }, (_, index) => ({
    kind: 'run',
    project: 'p',
    id: `run_${index}`,
    label: `${index}`,
    at: '2026-01-01T00:00:00Z',
  })),
  edges: Array.from({ length: length - 1 }, (_, index) => ({
    source: { kind: 'run', id: `run_${index}` },
    target: { kind: 'run', id: `run_${index + 1}` },
    role: 'wrote',
  })),
})

test('what flows goes to the right in a wide box, downwards in a high one', () => {
  const wide = place(chain(4), { width: 1200, height: 300 })
  assert.equal(wide.flow, 'right')
  const high = place(chain(4), { width: 300, height: 900 })
  assert.equal(high.flow, 'down')
  assert.deepEqual(
    [...high.placed].sort((one, other) => one.y - other.y).map(({ node }) => node.label),
    ['0', '1', '2', '3'],
  )
  assert.deepEqual(
    [...wide.placed].sort((one, other) => one.x - other.x).map(({ node }) => node.label),
    ['0', '1', '2', '3'],
  )
})

test('only the nearest things of a large graph are kept, the centre among them', () => {
  const kept = nearest(chain(100), { kind: 'run', id: 'run_50' }, 11)
  assert.deepEqual(
    kept.nodes.map((node) => node.label),
    ['45', '46', '47', '48', '49', '50', '51', '52', '53', '54', '55'],
  )
  for (const edge of kept.edges) assert.ok(kept.nodes.some((node) => keyOf(node) === keyOf(edge.source)))
})
