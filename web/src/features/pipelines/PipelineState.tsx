import { useTranslations } from 'use-intl'
import type { PipelineRunStatus, StepState } from '../../api/types.ts'
import { State, type Tone } from '../../ui/State.tsx'

const RUN_TONES: Record<PipelineRunStatus, Tone> = { queued: 'idle', running: 'busy', finished: 'good', failed: 'bad', cancelled: 'skip' }
const STEP_TONES: Record<StepState, Tone> = { waiting: 'idle', running: 'busy', finished: 'good', cached: 'good', failed: 'bad', skipped: 'skip', cancelled: 'skip' }

export function PipelineRunState({ status }: { status: PipelineRunStatus }) {
  const t = useTranslations('pipelines')
  return <State tone={RUN_TONES[status]} word={t(`status.${status}`)} />
}

export function StepStateSign({ state }: { state: StepState }) {
  const t = useTranslations('pipelines')
  return <State tone={STEP_TONES[state]} word={t(`steps.${state}`)} />
}
