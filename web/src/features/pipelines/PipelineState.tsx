import { useTranslations } from 'use-intl'
import { State, type Tone } from '../../ui/State.tsx'

const RUN_TONES = { queued: 'idle', running: 'busy', finished: 'good', failed: 'bad', cancelled: 'skip' } satisfies Record<string, Tone>
const STEP_TONES = {
  waiting: 'idle',
  running: 'busy',
  finished: 'good',
  cached: 'good',
  failed: 'bad',
  skipped: 'skip',
  cancelled: 'skip',
} satisfies Record<string, Tone>

function isIn<T extends object>(known: T, key: PropertyKey): key is keyof T {
  return key in known
}

/** The state of a run; one that these pages do not know yet is shown as the server names it. */
export function PipelineRunState({ status }: { status: string }) {
  const t = useTranslations('pipelines')
  return isIn(RUN_TONES, status) ? <State tone={RUN_TONES[status]} word={t(`status.${status}`)} /> : <State tone="idle" word={status} />
}

export function StepStateSign({ state }: { state: string }) {
  const t = useTranslations('pipelines')
  return isIn(STEP_TONES, state) ? <State tone={STEP_TONES[state]} word={t(`steps.${state}`)} /> : <State tone="idle" word={state} />
}
