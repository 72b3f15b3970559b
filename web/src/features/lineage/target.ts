import type { LinkProps } from '@tanstack/react-router'

/**
 * The page of an entity. `id` is the name of an endpoint, model, pipeline, monitor, trigger or experiment, and the id of all others; kinds
 * without a page of their own lead to their lineage. The id of a prediction is `project/endpoint/prediction`.
 */
export function targetOf(project: string, kind: string, id: string): Pick<LinkProps, 'to' | 'params' | 'search'> {
  switch (kind) {
    case 'project':
      return { to: '/p/$project', params: { project: id } }
    case 'run':
      return { to: '/p/$project/runs/$run', params: { project, run: id } }
    case 'experiment':
      return { to: '/p/$project/experiments', params: { project }, search: { experiment: id } }
    case 'pipeline_run':
      return { to: '/p/$project/pipeline-runs/$run', params: { project, run: id } }
    case 'pipeline':
      return { to: '/p/$project/pipelines', params: { project }, search: { pipeline: id } }
    case 'trigger':
      return { to: '/p/$project/pipelines', params: { project } }
    case 'model':
      return { to: '/p/$project/models/$model', params: { project, model: id } }
    case 'model_version':
      return { to: '/p/$project/model-versions/$version', params: { project, version: id } }
    case 'promotion':
      return { to: '/p/$project/promotions/$promotion', params: { project, promotion: id } }
    case 'endpoint':
      return { to: '/p/$project/endpoints/$endpoint', params: { project, endpoint: id } }
    case 'prediction': {
      const [, endpoint = '', ...prediction] = id.split('/')
      return {
        to: '/p/$project/endpoints/$endpoint/predictions/$prediction',
        params: { project, endpoint, prediction: prediction.join('/') },
      }
    }
    case 'snapshot':
      return { to: '/p/$project/snapshots/$snapshot', params: { project, snapshot: id } }
    case 'source':
      return { to: '/p/$project/data', params: { project }, search: { tab: 'sources' } }
    case 'dataset':
      return { to: '/p/$project/data', params: { project }, search: { tab: 'snapshots', dataset: id } }
    case 'feature_view':
    case 'feature_service':
      return { to: '/p/$project/data', params: { project }, search: { tab: 'features' } }
    case 'monitor':
      return { to: '/p/$project/monitoring', params: { project }, search: { monitor: id } }
    case 'alert':
      return { to: '/p/$project/monitoring', params: { project }, search: { alert: id } }
    default:
      return { to: '/p/$project/lineage/$kind/$id', params: { project, kind, id } }
  }
}

/** Kinds that are addressed by name within their project, not by id. */
const NAMED = ['endpoint', 'model', 'pipeline', 'monitor', 'trigger', 'source', 'dataset', 'feature_view', 'feature_service', 'experiment']

/** What `targetOf` takes as the id of a node of the lineage graph or a hit of a search, whose label is its name. */
export function linkIdOf(entity: { kind: string; id: string; name: string }): string {
  return NAMED.includes(entity.kind) ? entity.name : entity.id
}

const KINDS: Record<string, string> = {
  run: 'run',
  snap: 'snapshot',
  ds: 'dataset',
  pipe: 'pipeline',
  prun: 'pipeline_run',
  mdl: 'model',
  mv: 'model_version',
  prom: 'promotion',
  ep: 'endpoint',
  dep: 'deployment',
  mon: 'monitor',
  alr: 'alert',
  trg: 'trigger',
  art: 'artifact',
}

/** What an id names, by its prefix; undefined for an id without a known one. */
export function kindOf(id: string): string | undefined {
  return KINDS[id.slice(0, id.indexOf('_'))] ?? (id.startsWith('sha256:') ? 'blob' : undefined)
}
