import { useLocale, useTranslations } from 'use-intl'
import type { RunSummary } from '../../api/types.ts'
import { snippets } from '../../lib/snippets.ts'
import { DelayedInput } from '../../ui/DelayedInput.tsx'
import { Empty } from '../../ui/Empty.tsx'
import type { Zoom } from '../../ui/LineChart.tsx'
import { SegmentedControl } from '../../ui/SegmentedControl.tsx'
import { MetricChart } from './MetricChart.tsx'

type View = {
  x?: 'time' | undefined
  smooth?: number | undefined
  from?: number | undefined
  to?: number | undefined
  find?: string | undefined
}

/** All metrics as charts; filter, axis, smoothing and zoom are in the link. */
export function RunCharts({ run, view, change }: { run: RunSummary; view: View; change: (change: View) => void }) {
  const t = useTranslations('run')
  const locale = useLocale()
  const names = Object.keys(run.metrics)
  if (names.length === 0) return <Empty title={t('noMetrics')} text={t('noMetricsText')} code={snippets.run} />
  const shown = names.filter((name) => name.toLowerCase().includes((view.find ?? '').toLowerCase()))
  const zoom: Zoom | undefined = view.from !== undefined && view.to !== undefined ? [view.from, view.to] : undefined
  const setZoom = (next: Zoom | undefined) => change({ from: next?.[0], to: next?.[1] })
  return (
    <>
      <div className="bar">
        <DelayedInput label={t('filter')} value={view.find ?? ''} onChange={(find) => change({ find: find || undefined })} />
        <SegmentedControl
          label={t('xAxis')}
          options={[
            { id: 'step', label: t('byStep') },
            { id: 'time', label: t('byTime') },
          ]}
          value={view.x ?? 'step'}
          onChange={(id) => change({ x: id === 'time' ? 'time' : undefined, from: undefined, to: undefined })}
        />
        <label className="quiet">
          {t('smoothing')}{' '}
          <input
            type="range"
            min={0}
            max={0.98}
            step={0.02}
            value={view.smooth ?? 0}
            onChange={(event) => change({ smooth: Number(event.target.value) || undefined })}
            style={{ verticalAlign: 'middle', width: 120, accentColor: 'var(--accent)' }}
          />
        </label>
        <span className="num quiet">{(view.smooth ?? 0).toLocaleString(locale, { minimumFractionDigits: 2 })}</span>
      </div>
      <div className="columns">
        {shown.map((name) => (
          <MetricChart
            key={name}
            runs={[run]}
            metric={name}
            byTime={view.x === 'time'}
            weight={view.smooth ?? 0}
            zoom={zoom}
            setZoom={setZoom}
          />
        ))}
      </div>
    </>
  )
}
