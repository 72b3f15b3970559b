import { useTranslations } from 'use-intl'
import type { RunSummary } from '../../api/types.ts'
import { State, type Tone } from '../../ui/State.tsx'

const TONES: Record<RunSummary['status'], Tone> = { running: 'busy', finished: 'good', failed: 'bad', killed: 'skip' }

export function RunState({ run }: { run: RunSummary }) {
  const t = useTranslations()
  if (run.is_lost) return <State tone="warn" word={t('experiments.lost')} />
  return <State tone={TONES[run.status]} word={t(`runStatus.${run.status}`)} />
}
