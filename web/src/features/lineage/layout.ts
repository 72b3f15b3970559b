import dagre from '@dagrejs/dagre'
import type { Graph, LineageNode } from '../../api/types.ts'

export const NODE = { width: 196, height: 44 }
/** More than this is no picture any more; the nearest are kept. */
export const MOST = 160

export type Placed = { node: LineageNode; x: number; y: number }

export const keyOf = (node: { kind: string; id: string }) => `${node.kind} ${node.id}`

/** Left to right, from what a thing came from to what came of it. */
export function place(graph: Graph): Placed[] {
  const sheet = new dagre.graphlib.Graph().setGraph({ rankdir: 'LR', nodesep: 12, ranksep: 56, marginx: 8, marginy: 8 }).setDefaultEdgeLabel(() => ({}))
  for (const node of graph.nodes) sheet.setNode(keyOf(node), { ...NODE })
  for (const edge of graph.edges) sheet.setEdge(keyOf(edge.source), keyOf(edge.target))
  dagre.layout(sheet)
  return graph.nodes.map((node) => {
    const at = sheet.node(keyOf(node))
    return { node, x: (at?.x ?? 0) - NODE.width / 2, y: (at?.y ?? 0) - NODE.height / 2 }
  })
}

/** The things nearest to the centre, by steps along edges in either direction. */
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
  return { nodes: graph.nodes.filter((node) => kept.has(keyOf(node))), edges: graph.edges.filter((edge) => kept.has(keyOf(edge.source)) && kept.has(keyOf(edge.target))) }
}
