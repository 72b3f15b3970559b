import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import type { RunSummary, Series, WireNumber } from '../../api/types.ts'
import { smooth } from '../../lib/smooth.ts'
import { ChartSkeleton } from '../../ui/Skeleton.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { LineChart, type Line, type Zoom } from '../../ui/LineChart.tsx'
import { seriesQuery } from './queries.ts'

type Props = {
  runs: RunSummary[]
  metric: string
  height?: number
  byTime?: boolean
  weight?: number
  zoom?: Zoom | undefined
  setZoom?: (zoom: Zoom | undefined) => void
}

/** One metric of one or more runs. New points of a running run appear when the event stream announces them. */
export function MetricChart({ runs, metric, height = 180, byTime = false, weight = 0, zoom, setZoom }: Props) {
  const t = useTranslations('run')
  const asked = useQueries({ queries: runs.map((run) => seriesQuery(run.id, metric)), combine: gather })
  const { found, failed } = asked
  const drawn = useMemo(() => draw(runs, found, byTime, weight), [runs, byTime, weight, found])
  if (failed?.error && found.every((each) => each === undefined))
    return <Failure error={failed.error} again={() => void failed.refetch()} />
  if (found.every((each) => each === undefined)) return <ChartSkeleton height={height} />
  return (
    <LineChart
      title={metric}
      x={drawn.x}
      kind={byTime ? 'wall' : 'step'}
      xLabel={byTime ? t('byTime') : t('step')}
      lines={drawn.lines}
      height={height}
      sync={byTime ? 'run-time' : 'run-step'}
      zoom={zoom}
      {...(setZoom ? { setZoom } : {})}
    />
  )
}

type QueryState = { data: Series | undefined; error: Error | null; refetch: () => unknown }

function gather(asked: QueryState[]): { found: (Series | undefined)[]; failed: QueryState | undefined } {
  return { found: asked.map((each) => each.data), failed: asked.find((each) => each.error) }
}

function draw(runs: RunSummary[], found: (Series | undefined)[], byTime: boolean, weight: number): { x: number[]; lines: Line[] } {
  const places = new Set<number>()
  const maps = found.map((series) => {
    const values = new Map<number, WireNumber>()
    series?.last.forEach((value, index) => {
      const place = byTime ? (series.at[index] ?? 0) / 1e6 : (series.step[index] ?? index)
      places.add(place)
      values.set(place, value)
    })
    return values
  })
  const x = [...places].sort((one, other) => one - other)
  const lines = maps.flatMap((values, index): Line[] => {
    const run = runs[index]
    const color = `--series-${(index % 8) + 1}`
    const label = runs.length > 1 ? run?.name || run?.id || '' : ''
    const raw = x.map((place) => {
      const value = values.get(place)
      return typeof value === 'number' ? value : null
    })
    if (weight <= 0) return [{ label, values: raw, color }]
    return [
      { label: `${label} ·`.trim(), values: raw, color: '--line-strong', width: 1 },
      { label, values: smooth(raw, weight), color, width: 2 },
    ]
  })
  return { x, lines }
}
