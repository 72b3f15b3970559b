import type { PipelineRunSummary } from '../../api/types.ts'
import { ReasonText, startReason } from '../history/Reason.tsx'

type Started = Pick<PipelineRunSummary, 'trigger' | 'reason'> & { monitor?: string | null; signal?: string | null; evidence?: unknown }

/** What started a run of a pipeline: a person, a schedule, or a monitor; the name of the trigger is its title. */
export function Trigger({ run }: { run: Started }) {
  const code = startReason({ ...run, evidence: run.evidence ?? { monitor: run.monitor, signal: run.signal } })
  return <span title={run.trigger}>{code ? <ReasonText of={code} /> : run.trigger}</span>
}
