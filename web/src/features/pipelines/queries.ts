import { queryOptions } from '@tanstack/react-query'
import { get, pagesOf } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'

export const pipelinesQuery = (project: string) =>
  queryOptions({
    queryKey: keys.pipelines(project),
    queryFn: ({ signal }) => get('/api/v1/projects/{project}/pipelines', { project }, {}, signal),
  })

/** The newest first. */
export const pipelineRunsQuery = (project: string, pipeline: string | undefined) =>
  pagesOf(keys.pipelineRuns(project, pipeline), '/api/v1/projects/{project}/pipeline-runs', { project }, { pipeline })

export const pipelineRunQuery = (run: string) =>
  queryOptions({
    queryKey: keys.pipelineRun(run),
    queryFn: ({ signal }) => get('/api/v1/pipeline-runs/{run}', { run }, {}, signal),
  })
