import { useTranslations } from 'use-intl'
import type { PromotionStatus } from '../../api/types.ts'
import { State, type Tone } from '../../ui/State.tsx'

const TONES: Record<PromotionStatus, Tone> = { open: 'busy', approved: 'good', rejected: 'bad' }

export function PromotionState({ status }: { status: PromotionStatus }) {
  const t = useTranslations('promotions')
  return <State tone={TONES[status]} word={t(`status.${status}`)} />
}
