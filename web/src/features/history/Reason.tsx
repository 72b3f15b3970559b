import { useTranslations } from 'use-intl'
import { isRecord, textAt } from '../../lib/json.ts'
import { EntityLink } from '../lineage/EntityLink.tsx'
import { Linked } from '../lineage/Linked.tsx'

/** Why something was started or changed, as the server has it: a code, and for some the entity that it is about. */
export type ReasonCode =
  | { code: 'manual' | 'schedule' | 'champion' | 'recovered' | 'monitor_removed' | 'version_replaced' | 'version_retrained' }
  | { code: 'quality' | 'drift'; monitor: string }
  | { code: 'promotion' | 'bake' | 'deployment_failed'; id: string }

/** The reason of a pipeline run: that of a monitor is in its evidence, which names the monitor and its signal. */
export function startReason(run: {
  trigger?: string | undefined
  reason?: string | undefined
  evidence?: unknown
}): ReasonCode | undefined {
  const monitor = textAt(run.evidence, 'monitor')
  const signal = textAt(run.evidence, 'signal')
  if (monitor && (signal === 'quality' || signal === 'drift')) return { code: signal, monitor }
  if (run.reason === 'by_hand' || run.trigger === undefined || run.trigger === 'manual') return { code: 'manual' }
  if (run.reason === 'schedule') return { code: 'schedule' }
  return !monitor && isRecord(run.evidence) && 'event' in run.evidence ? { code: 'schedule' } : undefined
}

const PLAIN = ['champion', 'schedule', 'recovered', 'monitor_removed', 'version_replaced', 'version_retrained'] as const

/** The code that a stored reason is; undefined for a free text. */
export function codeOf(reason: string): ReasonCode | undefined {
  if (reason === 'by_hand') return { code: 'manual' }
  const plain = PLAIN.find((code) => code === reason)
  if (plain) return { code: plain }
  const [, code, id] = /^(promotion|bake|deployment_failed):(\w+)$/.exec(reason) ?? []
  return id && (code === 'promotion' || code === 'bake' || code === 'deployment_failed') ? { code, id } : undefined
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
    case 'recovered':
      return <>{t('reasonRecovered')}</>
    case 'monitor_removed':
      return <>{t('reasonMonitorRemoved')}</>
    case 'version_replaced':
      return <>{t('reasonReplaced')}</>
    case 'version_retrained':
      return <>{t('reasonRetrained')}</>
    case 'quality':
    case 'drift':
      return <>{t('reasonOf', { signal: t(of.code === 'quality' ? 'reasonQuality' : 'reasonDrift'), monitor: of.monitor })}</>
    case 'promotion':
      return <span className="prose">{t.rich('reasonWon', { promotion: () => <EntityLink kind="promotion" id={of.id} /> })}</span>
    case 'bake':
      return <span className="prose">{t.rich('reasonBake', { deployment: () => <EntityLink kind="deployment" id={of.id} /> })}</span>
    case 'deployment_failed':
      return (
        <span className="prose">{t.rich('reasonDeploymentFailed', { deployment: () => <EntityLink kind="deployment" id={of.id} /> })}</span>
      )
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
