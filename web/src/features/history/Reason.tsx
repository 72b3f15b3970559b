import { useTranslations } from 'use-intl'
import { isRecord, textAt } from '../../lib/json.ts'
import { EntityLink } from '../lineage/EntityLink.tsx'
import { Linked } from '../lineage/Linked.tsx'

/** Why something was started or changed: the server's code for it; `text` is what a person or program gave beside it. */
export type ReasonCode =
  | { code: 'manual' }
  | { code: 'schedule' }
  | { code: 'champion' }
  | { code: 'quality' | 'drift'; monitor: string }
  | { code: 'promotion'; promotion: string }

const MANUAL = ['manual', 'by hand', 'started by hand', 'by_hand']

/** The reason of a pipeline run, by its trigger and its evidence: that of a monitor names it, that of a schedule only the event of its clock. */
export function startReason(run: {
  trigger?: string | undefined
  reason?: string | undefined
  evidence?: unknown
}): ReasonCode | undefined {
  const monitor = textAt(run.evidence, 'monitor')
  const signal = textAt(run.evidence, 'signal', 'kind')
  if (monitor && (signal === 'quality' || signal === 'drift')) return { code: signal, monitor }
  if (run.trigger === undefined || MANUAL.includes(run.trigger) || MANUAL.includes(run.reason ?? '')) return { code: 'manual' }
  return isRecord(run.evidence) && Object.keys(run.evidence).length ? { code: 'schedule' } : undefined
}

/** The code that a stored reason is; undefined for a free text. */
export function codeOf(reason: string): ReasonCode | undefined {
  if (MANUAL.includes(reason)) return { code: 'manual' }
  if (reason === 'champion' || reason === 'schedule') return { code: reason }
  const promotion = /^promotion:(prom_\w+)$/.exec(reason)?.[1]
  return promotion ? { code: 'promotion', promotion } : undefined
}

/** A reason in the reader's language. */
export function ReasonText({ of }: { of: ReasonCode }) {
  const t = useTranslations('sentence')
  switch (of.code) {
    case 'manual':
      return <>{t('reasonHand')}</>
    case 'schedule':
      return <>{t('reasonSchedule')}</>
    case 'champion':
      return <>{t('reasonChampion')}</>
    case 'quality':
      return <>{t('reasonOf', { signal: t('reasonQuality'), monitor: of.monitor })}</>
    case 'drift':
      return <>{t('reasonOf', { signal: t('reasonDrift'), monitor: of.monitor })}</>
    case 'promotion': {
      const { promotion } = of
      return <span className="prose">{t.rich('reasonWon', { promotion: () => <EntityLink kind="promotion" id={promotion} /> })}</span>
    }
  }
}

/** A stored reason: by its code in the reader's language, else as it was given, with its ids as links. */
export function Reason({ text }: { text: string }) {
  const code = codeOf(text)
  if (code) return <ReasonText of={code} />
  return (
    <span title={text}>
      <Linked text={text} />
    </span>
  )
}
