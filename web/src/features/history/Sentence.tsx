import type { ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { Event } from '../../api/types.ts'
import { at, numberAt, textAt, textsAt } from '../../lib/json.ts'
import { showEvent } from '../../lib/time.ts'
import { shortId, showNumber, showSeconds, showShare } from '../../lib/units.ts'
import type { Tone } from '../../ui/State.tsx'
import { EntityLink } from '../lineage/EntityLink.tsx'
import { ReasonText, startReason } from './Reason.tsx'
import { VersionLink } from '../registry/VersionLink.tsx'

const ROLES = ['viewer', 'editor', 'operator', 'admin'] as const

/** One event as a plain sentence, every name in it a link. */
export function Sentence({ event }: { event: Event }) {
  const t = useTranslations('sentence')
  const access = useTranslations('access')
  const locale = useLocale()
  const { payload, subject } = event
  const name = (kind: string, id: string | undefined, label?: string) =>
    id ? (
      <EntityLink kind={kind} id={id}>
        {label ?? shortId(id)}
      </EntityLink>
    ) : (
      <span>–</span>
    )
  const version = (id: string | undefined, number?: number) => () => {
    if (!id) return <span>–</span>
    return number === undefined ? (
      <VersionLink id={id} />
    ) : (
      <EntityLink kind="model_version" id={id}>
        {`${textAt(payload, 'model') ?? ''} v${number}`.trim()}
      </EntityLink>
    )
  }
  const challenger = version(textAt(payload, 'challenger'), numberAt(payload, 'number'))
  const champion = version(textAt(payload, 'champion'), numberAt(payload, 'champion_number'))
  const served = version(textAt(payload, 'version'), numberAt(payload, 'number'))
  const rich = (key: Parameters<typeof t.rich>[0], values: Record<string, string | number | (() => ReactNode)>) => (
    <>{t.rich(key, values)}</>
  )
  const isTrue = (key: string) => at(payload, key) === true
  const roleAt = (key: string) => {
    const role = textAt(payload, key)
    const known = ROLES.find((each) => each === role)
    return known ? access(`roles.${known}`) : role
  }
  const token = { token: textAt(payload, 'name') ?? shortId(subject), user: textAt(payload, 'user') ?? '–' }
  const address = textAt(payload, 'address') ?? '–'

  switch (event.kind) {
    case 'project.created':
      return <>{t('projectCreated', { project: event.project ?? subject })}</>
    case 'project.applied': {
      const changes = at(payload, 'changes')
      const count = Array.isArray(changes) ? changes.length : typeof changes === 'number' ? changes : undefined
      return count === undefined ? <>{t('projectApplied')}</> : rich('projectAppliedChanges', { count })
    }
    case 'rows.quarantined': {
      const hours = textsAt(payload, 'hours')
      const values = {
        source: () => name('source', textAt(payload, 'source') ?? subject),
        count: numberAt(payload, 'count') ?? 0,
        columns: textsAt(payload, 'columns').join(', '),
      }
      return hours.length === 1 ? rich('hourQuarantined', { ...values, hour: showEvent(hours[0] ?? '') }) : rich('rowsQuarantined', values)
    }
    case 'snapshot.taken':
      return rich('snapshotTaken', {
        dataset: () => name('snapshot', textAt(payload, 'snapshot', 'id') ?? subject, textAt(payload, 'dataset')),
      })
    case 'run.started':
      return rich('runStarted', { run: () => name('run', subject, textAt(payload, 'name')) })
    case 'run.finished':
      return rich('runFinished', { run: () => name('run', subject, textAt(payload, 'name')) })
    case 'run.failed':
      return rich('runFailed', { run: () => name('run', subject, textAt(payload, 'name')) })
    case 'pipeline_run.started': {
      const why = startReason({ trigger: textAt(payload, 'trigger'), reason: textAt(payload, 'reason'), evidence: at(payload, 'evidence') })
      const pipeline = () => name('pipeline_run', textAt(payload, 'pipeline_run', 'id', 'run') ?? subject, textAt(payload, 'pipeline'))
      return why ? rich('pipelineStartedBecause', { pipeline, why: () => <ReasonText of={why} /> }) : rich('pipelineStarted', { pipeline })
    }
    case 'pipeline_run.finished':
      return rich('pipelineFinished', {
        pipeline: () => name('pipeline_run', textAt(payload, 'pipeline_run', 'id', 'run') ?? subject, textAt(payload, 'pipeline')),
      })
    case 'pipeline_run.failed':
      return rich('pipelineFailed', {
        pipeline: () => name('pipeline_run', textAt(payload, 'pipeline_run', 'id', 'run') ?? subject, textAt(payload, 'pipeline')),
      })
    case 'model_version.created':
      return rich('versionCreated', { version: served })
    case 'alias.moved':
      return rich('aliasMoved', {
        alias: textAt(payload, 'alias') ?? '',
        model: () => name('model', textAt(payload, 'model') ?? subject, textAt(payload, 'model')),
        version: served,
      })
    case 'promotion.opened':
      return rich('promotionOpened', { challenger })
    case 'promotion.approved': {
      const share = numberAt(payload, 'evidence.improvement')
      if (share === undefined || !textAt(payload, 'champion')) return rich('promotionApproved', { challenger })
      return rich('promotionApprovedBy', { challenger, champion, share: showShare(share, locale, 0) })
    }
    case 'promotion.rejected': {
      const why = numberAt(payload, 'evidence.improvement') === undefined ? textAt(payload, 'evidence.why') : undefined
      const share = numberAt(payload, 'evidence.improvement')
      if (why) return rich('promotionRejectedBecause', { challenger, why })
      if (share === undefined || share < 0.005) return rich('promotionRejected', { challenger, champion })
      return rich('promotionUnsure', {
        challenger,
        champion,
        share: showShare(share, locale, 0),
        wins: showShare(numberAt(payload, 'evidence.share_better'), locale, 0),
      })
    }
    case 'deployment.created':
      return rich('deploymentCreated', { version: served })
    case 'deployment.live':
      return rich('deploymentLive', {
        version: served,
        endpoint: () => name('endpoint', textAt(payload, 'endpoint') ?? subject, textAt(payload, 'endpoint')),
      })
    case 'deployment.rolled_back':
      return rich('rolledBack', {
        version: version(textAt(payload, 'to')),
        endpoint: () => name('endpoint', textAt(payload, 'endpoint') ?? subject, textAt(payload, 'endpoint')),
      })
    case 'deployment.failed':
      return rich('deploymentFailed', { version: served, why: textAt(payload, 'why') ?? '' })
    case 'watermark.advanced':
      return rich('watermarkAdvanced', { to: showEvent(textAt(payload, 'to') ?? '') })
    case 'monitor.breached': {
      const monitor = () => name('monitor', textAt(payload, 'monitor') ?? subject)
      if (textAt(payload, 'signal') === 'drift') {
        const columns = columnsOf(payload)
        return columns ? rich('driftBreachedIn', { monitor, columns }) : rich('driftBreached', { monitor })
      }
      const to = numberAt(payload, 'score')
      const from = numberAt(payload, 'expected')
      if (to === undefined || from === undefined) return rich('qualityBreached', { monitor })
      return rich('qualityBreachedBy', {
        monitor,
        metric: (textAt(payload, 'evidence.metric') ?? '').toUpperCase(),
        from: showNumber(from, locale),
        to: showNumber(to, locale),
      })
    }
    case 'alert.opened':
      return rich('alertOpened', { message: textAt(payload, 'monitor') ?? subject })
    case 'alert.resolved':
      return rich('alertResolved', { message: textAt(payload, 'monitor') ?? subject })
    case 'trigger.fired':
      return rich('triggerFired', { trigger: () => name('trigger', textAt(payload, 'trigger') ?? subject) })
    case 'trigger.skipped':
      return rich(textAt(payload, 'why') === 'running' ? 'triggerSkippedRunning' : 'triggerSkippedCooldown', {
        trigger: () => name('trigger', textAt(payload, 'trigger') ?? subject),
      })
    case 'bake.passed':
      return rich('bakePassed', { version: served })
    case 'bake.failed':
      return rich('bakeFailed', { version: served })
    case 'user.created':
      return <>{t(isTrue('is_admin') ? 'adminCreated' : 'userCreated', { user: subject })}</>
    case 'user.changed':
      return <>{t(isTrue('is_admin') ? 'adminGiven' : 'adminTaken', { user: subject })}</>
    case 'user.disabled':
      return <>{t('userDisabled', { user: subject })}</>
    case 'user.enabled':
      return <>{t('userEnabled', { user: subject })}</>
    case 'user.deleted':
      return <>{t('userDeleted', { user: subject })}</>
    case 'user.password_changed':
      return <>{t('passwordChanged', { user: subject })}</>
    case 'role.changed': {
      const user = textAt(payload, 'user') ?? subject
      const role = roleAt('role')
      const former = roleAt('former')
      const project = event.project ?? '–'
      if (role && former) return <>{t('roleChanged', { user, project, former, role })}</>
      if (role) return <>{t('roleGiven', { user, project, role })}</>
      return <>{former ? t('roleRemoved', { user, project, former }) : t('roleNone', { user, project })}</>
    }
    case 'token.created': {
      const projects = textsAt(payload, 'projects')
      return (
        <>
          {t('tokenCreated', {
            ...token,
            scopes: textsAt(payload, 'scopes').join(', '),
            projects: Array.isArray(at(payload, 'projects')) ? projects.join(', ') || '–' : t('everyProject'),
          })}
        </>
      )
    }
    case 'token.rotated': {
      const overlap = numberAt(payload, 'overlap_seconds') ?? 0
      return <>{overlap > 0 ? t('tokenRotatedOverlap', { ...token, overlap: showSeconds(overlap) }) : t('tokenRotated', token)}</>
    }
    case 'token.revoked':
      return <>{t('tokenRevoked', token)}</>
    case 'session.started':
      return <>{t(textAt(payload, 'with') === 'code' ? 'sessionStartedByCode' : 'sessionStarted', { user: subject, address })}</>
    case 'session.ended':
      return <>{t('sessionEnded', { user: subject })}</>
    case 'sign_in.failed':
      return <>{t('signInFailed', { user: subject, address })}</>
    case 'login_code.created':
      return <>{t('loginCodeCreated', { user: subject })}</>
    default:
      return (
        <>
          {event.kind} <span className="mono quiet">{shortId(subject)}</span>
        </>
      )
  }
}

/** The sign beside a sentence. */
export function toneOf(kind: string): Tone {
  switch (kind) {
    case 'promotion.approved':
    case 'deployment.live':
    case 'bake.passed':
    case 'alert.resolved':
      return 'good'
    case 'promotion.rejected':
    case 'run.failed':
    case 'pipeline_run.failed':
    case 'bake.failed':
    case 'deployment.rolled_back':
    case 'deployment.failed':
      return 'bad'
    case 'monitor.breached':
    case 'alert.opened':
    case 'rows.quarantined':
    case 'sign_in.failed':
      return 'warn'
    case 'pipeline_run.started':
    case 'trigger.fired':
    case 'promotion.opened':
    case 'deployment.created':
      return 'busy'
    default:
      return 'idle'
  }
}

function columnsOf(payload: unknown): string | undefined {
  const names = textsAt(at(payload, 'evidence'), 'moved')
  return names.length ? names.slice(0, 4).join(', ') : undefined
}
