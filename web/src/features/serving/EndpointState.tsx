import { useTranslations } from 'use-intl'
import { State, type Tone } from '../../ui/State.tsx'

/** The state of an endpoint; one that these pages do not know yet is shown as the server names it. */
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

const TONES = { created: 'busy', live: 'good', replaced: 'idle', rolled_back: 'bad', failed: 'bad' } satisfies Record<string, Tone>

function isKnown(state: string): state is keyof typeof TONES {
  return state in TONES
}

export function DeploymentStateSign({ state }: { state: string }) {
  const t = useTranslations('endpoints')
  return isKnown(state) ? <State tone={TONES[state]} word={t(`deploymentStates.${state}`)} /> : <State tone="idle" word={state} />
}
