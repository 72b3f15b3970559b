import { queryOptions } from '@tanstack/react-query'
import { get } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'

export type Direction = 'up' | 'down' | 'both'

export const lineageQuery = (kind: string, id: string, direction: Direction, depth: number) =>
  queryOptions({
    queryKey: keys.lineage(kind, id, direction, depth),
    queryFn: ({ signal }) => get('/api/v1/lineage/{kind}/{id}', { kind, id }, { direction, depth }, signal),
  })
