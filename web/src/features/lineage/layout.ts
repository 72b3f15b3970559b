import dagre from '@dagrejs/dagre'
import type { Graph, LineageNode } from '../../api/types.ts'

export const NODE = { width: 184, height: 42 }
/** More nodes than this cannot be read; the nearest are kept. */
export const MOST = 160

export type Placed = { node: LineageNode; x: number; y: number }

export const keyOf = (node: { kind: string; id: string }) => `${node.kind} ${node.id}`

export type Picture = { placed: Placed[]; flow: 'right' | 'down'; width: number; height: number }

/** Upstream to downstream, to the right or downwards, whichever is larger in a box of this shape. */
export function place(graph: Graph, box: { width: number; height: number }): Picture {
  const right = draw(graph, 'right')
  const down = draw(graph, 'down')
  const zoom = (picture: Picture) => Math.min(box.width / picture.width, box.height / picture.height, 1)
  return zoom(down) > zoom(right) * 1.1 ? down : right
}

function draw(graph: Graph, flow: Picture['flow']): Picture {
  const sheet = new dagre.graphlib.Graph()
    .setGraph(flow === 'right' ? { rankdir: 'LR', nodesep: 10, ranksep: 44 } : { rankdir: 'TB', nodesep: 16, ranksep: 34 })
    .setDefaultEdgeLabel(() => ({}))
  for (const node of graph.nodes) sheet.setNode(keyOf(node), { ...NODE })
  for (const edge of graph.edges) sheet.setEdge(keyOf(edge.source), keyOf(edge.target))
  dagre.layout(sheet)
  const placed = graph.nodes.map((node) => {
    const at = sheet.node(keyOf(node))
    return { node, x: (at?.x ?? 0) - NODE.width / 2, y: (at?.y ?? 0) - NODE.height / 2 }
  })
  const width = Math.max(1, ...placed.map(({ x }) => x + NODE.width))
  const height = Math.max(1, ...placed.map(({ y }) => y + NODE.height))
  return { placed, flow, width, height }
}

/** The nodes nearest to the centre, by steps along edges in either direction. */
export function nearest(graph: Graph, center: { kind: string; id: string }, most = MOST): Graph {
  if (graph.nodes.length <= most) return graph
  const neighbours = new Map<string, string[]>()
  for (const edge of graph.edges) {
    const [from, to] = [keyOf(edge.source), keyOf(edge.target)]
    neighbours.set(from, [...(neighbours.get(from) ?? []), to])
    neighbours.set(to, [...(neighbours.get(to) ?? []), from])
  }
  const kept = new Set([keyOf(center)])
  let ring = [keyOf(center)]
  while (ring.length && kept.size < most) {
    const next: string[] = []
    for (const each of ring) {
      for (const other of neighbours.get(each) ?? []) {
        if (kept.size >= most || kept.has(other)) continue
        kept.add(other)
        next.push(other)
      }
    }
    ring = next
  }
  return {
    nodes: graph.nodes.filter((node) => kept.has(keyOf(node))),
    edges: graph.edges.filter((edge) => kept.has(keyOf(edge.source)) && kept.has(keyOf(edge.target))),
  }
}
