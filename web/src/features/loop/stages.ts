import type { Overview } from '../../api/types.ts'

/** The seven stages in the order in which the loop goes round. */
export const STAGES = ['data', 'features', 'pipeline', 'gate', 'model', 'endpoint', 'monitor'] as const
export type Stage = (typeof STAGES)[number]

/** Which arrow lights when an event of this kind passes: the one that leaves the stage. */
export function leaves(kind: string): Stage | undefined {
  switch (kind) {
    case 'watermark.advanced':
      return 'endpoint'
    case 'rows.quarantined':
    case 'snapshot.taken':
      return 'data'
    case 'pipeline_run.started':
      return 'features'
    case 'model_version.created':
    case 'promotion.opened':
      return 'pipeline'
    case 'promotion.approved':
    case 'alias.moved':
      return 'gate'
    case 'deployment.created':
    case 'deployment.live':
      return 'model'
    case 'monitor.breached':
    case 'trigger.fired':
    case 'alert.opened':
      return 'monitor'
    default:
      return undefined
  }
}

/** Stages that have nothing yet, in order: the first is the next step to take. */
export function missing(overview: Overview | undefined): Stage[] {
  if (!overview) return []
  const { data, features, pipeline, gate, model, endpoint, monitor } = overview.stages
  const empty: Record<Stage, boolean> = {
    data: data.sources === 0,
    features: features.views + features.services === 0,
    pipeline: pipeline.pipelines === 0,
    endpoint: endpoint.endpoints === 0,
    monitor: monitor.monitors === 0,
    gate: gate.approved + gate.rejected === 0 && gate.last === null && model.versions === 0,
    model: model.versions === 0,
  }
  return STAGES.filter((stage) => empty[stage])
}
