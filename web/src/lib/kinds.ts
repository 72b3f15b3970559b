import { useTranslations } from 'use-intl'
import type { IconName } from '../ui/Icon.tsx'

/** The name of a kind of entity in the reader's language. */
export function useKindName(): (kind: string) => string {
  const t = useTranslations('lineage')
  return (kind) => {
    switch (kind) {
      case 'source':
      case 'dataset':
      case 'snapshot':
      case 'feature_view':
      case 'feature_service':
      case 'training_frame':
      case 'frame':
      case 'bundle':
      case 'run':
      case 'pipeline':
      case 'pipeline_run':
      case 'artifact':
      case 'blob':
      case 'model':
      case 'model_version':
      case 'promotion':
      case 'deployment':
      case 'endpoint':
      case 'prediction':
      case 'monitor':
      case 'alert':
      case 'trigger':
      case 'value':
        return t(`kinds.${kind}`)
      default:
        return kind
    }
  }
}

const ICONS: Record<string, IconName> = {
  source: 'data',
  dataset: 'data',
  snapshot: 'data',
  feature_view: 'features',
  feature_service: 'features',
  training_frame: 'table',
  frame: 'table',
  run: 'experiments',
  pipeline: 'pipelines',
  pipeline_run: 'pipelines',
  bundle: 'copy',
  model: 'models',
  model_version: 'models',
  promotion: 'gate',
  deployment: 'endpoints',
  endpoint: 'endpoints',
  prediction: 'forward',
  monitor: 'monitoring',
  alert: 'warn',
  trigger: 'play',
}

export function kindIcon(kind: string): IconName {
  return ICONS[kind] ?? 'idle'
}
