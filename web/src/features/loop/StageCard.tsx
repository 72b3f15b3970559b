import type { ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { Overview, Spark as Values } from '../../api/types.ts'
import { assertNever } from '../../lib/assert.ts'
import { showCompact, showNumber, showSeconds, showShare } from '../../lib/units.ts'
import { Icon, type IconName } from '../../ui/Icon.tsx'
import { Spark } from '../../ui/Spark.tsx'
import { EventTime, WallTime } from '../../ui/Time.tsx'
import type { Stage } from './stages.ts'

const ICONS: Record<Stage, IconName> = {
  data: 'data',
  features: 'features',
  pipeline: 'pipelines',
  gate: 'gate',
  model: 'models',
  endpoint: 'endpoints',
  monitor: 'monitoring',
}

export function stageIcon(stage: Stage): IconName {
  return ICONS[stage]
}

type Face = { value: ReactNode; below: ReactNode; spark?: Values; mark?: ReactNode; tone?: 'bad' | 'warn' }

/** One stage of the loop: a value, a few words, a small chart. */
export function StageCard({ stage, overview, empty }: { stage: Stage; overview: Overview | undefined; empty: boolean }) {
  const t = useTranslations('stage')
  const face = useFace(stage, overview)
  return (
    <>
      <span className="title">
        <Icon name={ICONS[stage]} size={14} />
        {t(stage)}
        {face.mark ? <span className="mark">{face.mark}</span> : null}
      </span>
      {empty ? (
        <span className="below" style={{ marginTop: 4 }}>
          <span style={{ whiteSpace: 'normal' }}>{t(`teach.${stage}`)}</span>
        </span>
      ) : (
        <>
          <span className="value">{face.value}</span>
          <span className="below">
            <span>{face.below}</span>
            {face.spark ? (
              <Spark values={face.spark} width={48} height={18} label={t('spark', { stage: t(stage) })} tone={face.tone ?? 'accent'} />
            ) : null}
          </span>
        </>
      )}
    </>
  )
}

function useFace(stage: Stage, overview: Overview | undefined): Face {
  const t = useTranslations('stage')
  const locale = useLocale()
  if (!overview) return { value: <span className="skeleton" style={{ width: 70, marginTop: 6 }} />, below: ' ' }
  const all = overview.stages
  switch (stage) {
    case 'data':
      return {
        value: t('rows', { count: showCompact(all.data.rows, locale) }),
        below: all.data.last_event_at ? <EventTime at={all.data.last_event_at} day /> : null,
        spark: all.data.spark,
        mark: all.data.quarantined ? (
          <span className="warn">{t('quarantined', { count: showCompact(all.data.quarantined, locale) })}</span>
        ) : null,
      }
    case 'features':
      return {
        value: t('featureCount', { count: all.features.features }),
        below: t('viewCount', { views: all.features.views, services: all.features.services }),
      }
    case 'pipeline': {
      const last = all.pipeline.last
      return {
        value: all.pipeline.active
          ? t('activeRuns', { count: all.pipeline.active })
          : last
            ? last.pipeline
            : t('runCount', { count: all.pipeline.runs }),
        below: last ? (
          last.seconds === null ? (
            <WallTime at={last.started_at} />
          ) : (
            t('took', { seconds: showSeconds(last.seconds) })
          )
        ) : (
          t('runCount', { count: 0 })
        ),
        spark: all.pipeline.spark,
        mark:
          last?.status === 'failed' ? (
            <span className="bad">
              <Icon name="bad" size={13} label={t('failed')} />
            </span>
          ) : all.pipeline.active ? (
            <Icon name="busy" size={13} />
          ) : (
            <span className="num">{showCompact(all.pipeline.runs, locale)}</span>
          ),
      }
    }
    case 'gate': {
      const last = all.gate.last
      const share = last?.improvement
      return {
        value: last ? (
          <>
            {last.status === 'approved' ? t('approved') : last.status === 'rejected' ? t('rejected') : t('judging')}
            {share === null || share === undefined ? null : (
              <small className="quiet">
                {' '}
                {share >= 0 ? t('better', { share: showShare(share, locale, 0) }) : t('worse', { share: showShare(-share, locale, 0) })}
              </small>
            )}
          </>
        ) : (
          '–'
        ),
        below: t('verdicts', { approved: all.gate.approved, rejected: all.gate.rejected }),
        mark: last ? <Icon name={last.status === 'approved' ? 'good' : last.status === 'rejected' ? 'bad' : 'busy'} size={13} /> : null,
      }
    }
    case 'model':
      return {
        value: all.model.champion ? `${all.model.champion.model} v${all.model.champion.number}` : t('noChampion'),
        below: t('versions', { count: all.model.versions }),
        spark: all.model.spark,
      }
    case 'endpoint': {
      const rate = all.endpoint.requests ? all.endpoint.rate : null
      const recent = all.endpoint.spark.reduce<number>((sum, count) => sum + (count ?? 0), 0)
      return {
        value: rate
          ? t('perSecond', { rate: showNumber(rate, locale) })
          : t('recentPredictions', { count: showCompact(recent, locale), days: all.endpoint.spark.length }),
        below: all.endpoint.errors ? (
          <span className="bad">{t('errors', { count: showCompact(all.endpoint.errors, locale) })}</span>
        ) : rate ? (
          t('recentPredictions', { count: showCompact(recent, locale), days: all.endpoint.spark.length })
        ) : (
          (all.endpoint.name ?? '')
        ),
        spark: all.endpoint.spark,
        mark: all.endpoint.state ? (
          <span
            className={`live-dot ${all.endpoint.state === 'serving' || all.endpoint.state === 'live' || all.endpoint.state === 'running' ? 'open' : 'waiting'}`}
            title={all.endpoint.state}
          />
        ) : null,
      }
    }
    case 'monitor':
      return {
        value:
          all.monitor.value === null ? (
            <span className="quiet">{t('waiting')}</span>
          ) : (
            `${(all.monitor.metric ?? '').toUpperCase()} ${showNumber(all.monitor.value, locale)}`
          ),
        below: all.monitor.alerts ? <span className="warn">{t('alerts', { count: all.monitor.alerts })}</span> : t('noAlerts'),
        spark: all.monitor.spark,
        tone: all.monitor.breached ? 'bad' : undefined,
        mark: all.monitor.breached ? (
          <span className="bad">
            <Icon name="warn" size={13} />
          </span>
        ) : all.monitor.value === null ? null : (
          <Icon name="good" size={13} />
        ),
      }
    default:
      return assertNever(stage)
  }
}
