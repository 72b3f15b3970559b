import { queryOptions } from '@tanstack/react-query'
import type { Graph } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

export type Direction = 'up' | 'down' | 'both'

export const lineageQuery = (kind: string, id: string, direction: Direction, depth: number) =>
  queryOptions({ queryKey: ['lineage', kind, id, direction, depth], queryFn: ({ signal }) => get<Graph>(`lineage/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`, { direction, depth }, signal) })
