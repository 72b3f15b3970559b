import { queryOptions } from '@tanstack/react-query'
import { get, pagesOf } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'

/** The newest first. */
export const promotionsQuery = (project: string, challenger?: string) =>
  pagesOf(keys.promotions(project, challenger), '/api/v1/projects/{project}/promotions', { project }, { challenger })

export const promotionQuery = (promotion: string) =>
  queryOptions({
    queryKey: keys.promotion(promotion),
    queryFn: ({ signal }) => get('/api/v1/promotions/{promotion}', { promotion }, {}, signal),
  })

export const triggersQuery = (project: string) =>
  queryOptions({
    queryKey: keys.triggers(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/triggers', { project }, {}, signal),
  })
