import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Page, Pipeline, PipelineRun, PipelineRunDetails } from '../../api/types.ts'
import { get } from '../../lib/http.ts'

const FIRST = ''

export const pipelinesQuery = (project: string) => queryOptions({ queryKey: ['pipelines', project], queryFn: ({ signal }) => get<Page<Pipeline>>('pipelines', { project }, signal) })

export const pipelineRunsQuery = (project: string, pipeline: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['pipelines', 'runs', project, pipeline],
    queryFn: ({ pageParam, signal }) => get<Page<PipelineRun>>('pipeline-runs', { project, pipeline, limit: 200, cursor: pageParam }, signal),
    initialPageParam: FIRST,
    getNextPageParam: (last) => last.next ?? undefined,
  })

export const pipelineRunQuery = (run: string) => queryOptions({ queryKey: ['pipelines', 'run', run], queryFn: ({ signal }) => get<PipelineRunDetails>(`pipeline-runs/${run}`, {}, signal) })
