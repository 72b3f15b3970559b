import { useQuery } from '@tanstack/react-query'
import { useLocale, useTranslations } from 'use-intl'
import { epochSeconds } from '../../lib/time.ts'
import { showCount, showShare } from '../../lib/units.ts'
import { QueryBoundary } from '../../ui/QueryBoundary.tsx'
import { ChartSkeleton } from '../../ui/Skeleton.tsx'
import { GUTTER } from '../../ui/HeatMap.tsx'
import { LineChart, type Zoom } from '../../ui/LineChart.tsx'
import { StatBar } from '../../ui/StatBar.tsx'
import { qualityQuery } from './queries.ts'

/** How many of each day's predictions have their label by now. */
export function CoverageChart({
  project,
  endpoint,
  zoom,
  setZoom,
}: {
  project: string
  endpoint: string
  zoom: Zoom | undefined
  setZoom: (zoom: Zoom | undefined) => void
}) {
  const t = useTranslations('monitoring')
  const locale = useLocale()
  const quality = useQuery(qualityQuery(project, endpoint))
  return (
    <QueryBoundary of={quality} skeleton={<ChartSkeleton height={110} />}>
      {({ items, coverage }) =>
        items.length === 0 ? null : (
          <>
            <LineChart
              title={t('coverage')}
              unit={t('rowsByDay')}
              x={items.map((day) => epochSeconds(day.at))}
              kind="event"
              xLabel={t('eventDay')}
              lines={[
                { label: t('predictions'), values: items.map((day) => day.predictions), color: '--line-strong', width: 1.5 },
                { label: t('labelled'), values: items.map((day) => day.labelled), color: '--series-1', fill: true },
              ]}
              from={0}
              height={110}
              sync="monitoring"
              daily
              gutter={GUTTER}
              zoom={zoom}
              setZoom={setZoom}
            />
            <StatBar
              items={[
                {
                  label: t('labelled'),
                  value: coverage.predictions ? showShare(coverage.labelled / coverage.predictions, locale) : '–',
                  more: `${showCount(coverage.labelled, locale)} / ${showCount(coverage.predictions, locale)}`,
                },
                { label: t('expectedShare'), value: showShare(coverage.expected, locale) },
                { label: t('pendingLabels'), value: showCount(coverage.pending, locale), more: t('pendingHint') },
                { label: t('corrected'), value: showCount(coverage.corrected, locale) },
                { label: t('repeated'), value: showCount(coverage.repeated, locale) },
              ]}
            />
          </>
        )
      }
    </QueryBoundary>
  )
}
