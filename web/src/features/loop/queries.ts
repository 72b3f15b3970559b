import { queryOptions } from '@tanstack/react-query'
import type { Overview } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

export const overviewQuery = (project: string) => queryOptions({ queryKey: ['overview', project], queryFn: ({ signal }) => get<Overview>('overview', { project }, signal) })
