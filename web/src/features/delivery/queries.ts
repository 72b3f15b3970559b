import { queryOptions } from '@tanstack/react-query'
import type { Page, Promotion, Trigger, Watch } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

export const promotionsQuery = (project: string, challenger?: string) => queryOptions({ queryKey: ['promotions', project, challenger], queryFn: ({ signal }) => get<Page<Promotion>>('promotions', { project, challenger, limit: 500 }, signal) })
export const promotionQuery = (promotion: string) => queryOptions({ queryKey: ['promotions', 'one', promotion], queryFn: ({ signal }) => get<Promotion>(`promotions/${promotion}`, {}, signal) })
export const triggersQuery = (project: string) => queryOptions({ queryKey: ['triggers', project], queryFn: ({ signal }) => get<Page<Trigger>>('triggers', { project }, signal) })
export const watchesQuery = (project: string) => queryOptions({ queryKey: ['promotions', 'bake-periods', project], queryFn: ({ signal }) => get<Page<Watch>>('bake-periods', { project, limit: 500 }, signal) })
