import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import type { Check, DayQuality, Event, Metric, MonitorDetails } from '../../api/types.ts'
import { textAt } from '../../lib/json.ts'
import { epochSeconds } from '../../lib/time.ts'
import { shortId } from '../../lib/units.ts'
import { QueryBoundary } from '../../ui/QueryBoundary.tsx'
import { ChartSkeleton } from '../../ui/Skeleton.tsx'
import { Waiting } from '../../ui/Empty.tsx'
import { GUTTER } from '../../ui/HeatMap.tsx'
import { LineChart, type Line, type Mark, type Zoom } from '../../ui/LineChart.tsx'
import { marksQuery } from '../history/queries.ts'
import { useVersions } from '../registry/useVersions.ts'
import { checksQuery, qualityQuery } from './queries.ts'

type Props = {
  project: string
  endpoint: string
  monitor: MonitorDetails | undefined
  zoom: Zoom | undefined
  setZoom: (zoom: Zoom | undefined) => void
}
const HEIGHT = 240
const METRICS: Metric[] = ['mae', 'wape', 'rmse']

/** Realised error by event day, each version in its colour; the monitor's window and threshold over it; what the loop did as marks. */
export function QualityChart({ project, endpoint, monitor, zoom, setZoom }: Props) {
  const t = useTranslations('monitoring')
  const quality = useQuery(qualityQuery(project, endpoint))
  const checks = useQuery({ ...checksQuery(project, monitor?.name ?? ''), enabled: monitor !== undefined })
  const events = useQuery(marksQuery(project))
  const versions = useVersions(project)
  const metric = METRICS.find((each) => each === monitor?.metric) ?? 'mae'
  const days = quality.data?.items
  const drawn = useMemo(
    () => draw(days ?? [], checks.data?.items ?? [], metric, (id) => versions.get(id), { window: t('window'), threshold: t('threshold') }),
    [days, checks.data, metric, versions, t],
  )
  const marks = useMemo(
    () => (events.data?.items ?? []).flatMap((event) => markOf(event, endpoint, (id) => nameOf(versions.get(id), id), t)),
    [events.data, endpoint, versions, t],
  )
  return (
    <QueryBoundary of={quality} skeleton={<ChartSkeleton height={HEIGHT} />}>
      {({ items }) =>
        items.length === 0 ? (
          <Waiting title={t('error')} text={t('noQuality')} />
        ) : (
          <>
            <LineChart
              title={t('error')}
              unit={`${metric.toUpperCase()} · ${t('byEventDay')}`}
              x={drawn.x}
              kind="event"
              xLabel={t('eventDay')}
              lines={drawn.lines}
              marks={marks}
              height={HEIGHT}
              from={0}
              sync="monitoring"
              daily
              gutter={GUTTER}
              zoom={zoom}
              setZoom={setZoom}
            />
            <MarkLegend />
          </>
        )
      }
    </QueryBoundary>
  )
}

type Known = { model: string; number: number } | undefined

function nameOf(version: Known, id: string): string {
  return version ? `${version.model} v${version.number}` : shortId(id)
}

function draw(
  days: DayQuality[],
  checks: Check[],
  metric: Metric,
  find: (id: string) => Known,
  names: { window: string; threshold: string },
): { x: number[]; lines: Line[] } {
  const x = days.map((day) => epochSeconds(day.at))
  const ids = [...new Set(days.flatMap((day) => day.versions.map((version) => version.version)))]
  const ordered = ids.sort((one, other) => (find(one)?.number ?? 0) - (find(other)?.number ?? 0))
  const byDay = new Map(checks.map((check) => [check.day, check]))
  const window = days.map((day) => byDay.get(day.day + 1)?.value ?? null)
  const threshold = days.map((day) => byDay.get(day.day + 1)?.threshold ?? null)
  return {
    x,
    lines: [
      ...ordered.map((id, index): Line => ({
        label: nameOf(find(id), id),
        values: days.map((day) => day.versions.find((version) => version.version === id)?.metrics[metric] ?? null),
        color: `--series-${(((find(id)?.number ?? index + 1) - 1) % 8) + 1}`,
        width: 1,
        dots: days.length < 60,
      })),
      ...(checks.length ? [{ label: names.window, values: window, color: '--text', width: 2 }] : []),
      ...(checks.length ? [{ label: names.threshold, values: threshold, color: '--bad', width: 1, dash: [4, 4] }] : []),
    ],
  }
}

type Translate = ReturnType<typeof useTranslations<'monitoring'>>

function markOf(event: Event, endpoint: string, name: (id: string) => string, t: Translate): Mark[] {
  if (!event.event_at) return []
  const x = epochSeconds(event.event_at)
  const where = textAt(event.payload, 'endpoint')
  if (where !== undefined && where !== endpoint) return []
  switch (event.kind) {
    case 'pipeline_run.started':
      return [{ x, label: `${t('marks.retrain')}: ${textAt(event.payload, 'reason', 'pipeline') ?? ''}`, color: '--quiet', sign: 'line' }]
    case 'deployment.live':
      return [{ x, label: `${t('marks.live')}: ${name(textAt(event.payload, 'version') ?? '')}`, color: '--good', sign: 'up' }]
    case 'deployment.rolled_back':
      return [{ x, label: `${t('marks.rollback')}: ${name(textAt(event.payload, 'to') ?? '')}`, color: '--bad', sign: 'down' }]
    case 'promotion.rejected':
      return [{ x, label: `${t('marks.rejected')}: ${name(textAt(event.payload, 'challenger') ?? '')}`, color: '--warn', sign: 'cross' }]
    default:
      return []
  }
}

function MarkLegend() {
  const t = useTranslations('monitoring')
  const sign = (path: string, color: string, filled = true) => (
    <svg width={10} height={10} viewBox="0 0 10 10" aria-hidden>
      <path d={path} fill={filled ? `var(${color})` : 'none'} stroke={filled ? 'none' : `var(${color})`} strokeWidth={1.4} />
    </svg>
  )
  return (
    <div className="chart-read" style={{ marginTop: 2 }}>
      <span className="key">
        {sign('M5 2a3 3 0 1 0 0 6a3 3 0 0 0 0-6z', '--quiet')} {t('marks.retrain')}
      </span>
      <span className="key">
        {sign('M5 1l4 8H1z', '--good')} {t('marks.live')}
      </span>
      <span className="key">
        {sign('M1 1l8 8M9 1l-8 8', '--warn', false)} {t('marks.rejected')}
      </span>
      <span className="key">
        {sign('M5 9L1 1h8z', '--bad')} {t('marks.rollback')}
      </span>
    </div>
  )
}
