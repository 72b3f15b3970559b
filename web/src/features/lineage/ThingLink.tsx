import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { shortId } from '../../lib/units.ts'
import { useProject } from '../projects/useProject.ts'

/** The name of a thing as a link to its page; kinds without a page of their own lead to their lineage. */
export function ThingLink({ kind, id, children }: { kind: string; id: string; children?: ReactNode }) {
  const project = useProject()
  const text = children ?? shortId(id)
  switch (kind) {
    case 'run':
      return <Link className="name" to="/p/$project/runs/$run" params={{ project, run: id }}>{text}</Link>
    case 'pipeline_run':
      return <Link className="name" to="/p/$project/pipeline-runs/$run" params={{ project, run: id }}>{text}</Link>
    case 'pipeline':
      return <Link className="name" to="/p/$project/pipelines" params={{ project }} search={{ pipeline: id }}>{text}</Link>
    case 'model':
      return <Link className="name" to="/p/$project/models/$model" params={{ project, model: id }}>{text}</Link>
    case 'model_version':
      return <Link className="name" to="/p/$project/model-versions/$version" params={{ project, version: id }}>{text}</Link>
    case 'promotion':
      return <Link className="name" to="/p/$project/promotions/$promotion" params={{ project, promotion: id }}>{text}</Link>
    case 'endpoint':
      return <Link className="name" to="/p/$project/endpoints/$endpoint" params={{ project, endpoint: id }}>{text}</Link>
    case 'prediction':
      return <Link className="name" to="/p/$project/predictions/$prediction" params={{ project, prediction: id }}>{text}</Link>
    case 'snapshot':
      return <Link className="name" to="/p/$project/snapshots/$snapshot" params={{ project, snapshot: id }}>{text}</Link>
    case 'source':
      return <Link className="name" to="/p/$project/data" params={{ project }} search={{ tab: 'sources' }}>{text}</Link>
    case 'dataset':
      return <Link className="name" to="/p/$project/data" params={{ project }} search={{ tab: 'snapshots' }}>{text}</Link>
    case 'feature_view':
    case 'feature_service':
      return <Link className="name" to="/p/$project/data" params={{ project }} search={{ tab: 'features' }}>{text}</Link>
    case 'monitor':
      return <Link className="name" to="/p/$project/monitoring" params={{ project }} search={{ monitor: id }}>{text}</Link>
    default:
      return <Link className="name" to="/p/$project/lineage/$kind/$id" params={{ project, kind, id }}>{text}</Link>
  }
}

const KINDS: Record<string, string> = {
  run: 'run', snap: 'snapshot', ds: 'dataset', fv: 'feature_view', pipe: 'pipeline', prun: 'pipeline_run', mdl: 'model', mv: 'model_version',
  prom: 'promotion', ep: 'endpoint', dep: 'deployment', mon: 'monitor', alr: 'alert', trg: 'trigger', pred: 'prediction', art: 'artifact',
}

/** What an id names by its prefix; ids without a known prefix are taken for predictions, whose ids are the clients' own. */
export function kindOf(id: string): string {
  return KINDS[id.slice(0, id.indexOf('_'))] ?? (id.startsWith('sha256:') ? 'blob' : 'prediction')
}
