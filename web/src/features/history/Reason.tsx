import { useTranslations } from 'use-intl'
import { Linked } from '../lineage/Linked.tsx'
import { ThingLink } from '../lineage/ThingLink.tsx'

export type ReasonKey = 'reasonQuality' | 'reasonDrift' | 'reasonSchedule' | 'reasonHand'

/** What started something, from the server's own words for it. */
export function reasonOf(text: string): ReasonKey | undefined {
  if (text.startsWith('quality of ')) return 'reasonQuality'
  if (text.startsWith('drift of ')) return 'reasonDrift'
  if (text.startsWith('schedule') || text.startsWith('every ')) return 'reasonSchedule'
  return ['manual', 'by hand', 'started by hand', 'asked for by hand'].includes(text) ? 'reasonHand' : undefined
}

/** A reason in the reader's language where it is one that we know; ids in it are links. */
export function Reason({ text }: { text: string }) {
  const t = useTranslations('sentence')
  const known = reasonOf(text)
  if (known === 'reasonHand' || known === 'reasonSchedule') return <span title={text}>{t(known)}</span>
  if (known) return <span title={text}>{t('reasonOf', { signal: t(known), monitor: text.slice(text.indexOf(' of ') + 4) })}</span>
  if (text.startsWith('won prom_')) return <span className="prose" title={text}>{t.rich('reasonWon', { promotion: () => <ThingLink kind="promotion" id={text.slice(4)} /> })}</span>
  return (
    <span title={text}>
      <Linked text={text} />
    </span>
  )
}
