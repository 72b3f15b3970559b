import { Icon, type IconName } from './Icon.tsx'

export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'idle' | 'skip'

const ICONS: Record<Tone, IconName> = { good: 'good', bad: 'bad', warn: 'warn', busy: 'busy', idle: 'idle', skip: 'skip' }

/** A state as a sign and a word: readable without colour. */
export function State({ tone, word }: { tone: Tone; word?: string }) {
  return (
    <span className={`state ${tone === 'skip' ? 'idle' : tone}`}>
      <Icon name={ICONS[tone]} size={13} />
      {word ?? null}
    </span>
  )
}
