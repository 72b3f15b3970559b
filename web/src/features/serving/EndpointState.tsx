import { useTranslations } from 'use-intl'
import type { DeploymentState } from '../../api/types.ts'
import { State, type Tone } from '../../ui/State.tsx'

export function EndpointState({ state }: { state: string }) {
  const t = useTranslations('endpoints')
  switch (state) {
    case 'live':
      return <State tone="good" word={t('states.live')} />
    case 'refusing':
      return <State tone="warn" word={t('states.refusing')} />
    case 'starting':
      return <State tone="busy" word={t('states.starting')} />
    case 'not deployed':
      return <State tone="idle" word={t('states.none')} />
    case 'down':
      return <State tone="bad" word={t('states.down')} />
    default:
      return <State tone="idle" word={state} />
  }
}

const TONES: Record<DeploymentState, Tone> = { created: 'busy', live: 'good', replaced: 'idle', rolled_back: 'bad', failed: 'bad' }

export function DeploymentStateSign({ state }: { state: DeploymentState }) {
  const t = useTranslations('endpoints')
  return <State tone={TONES[state]} word={t(`deploymentStates.${state}`)} />
}
