import { useTranslations } from 'use-intl'

/** Rows that are still on their way, as high as the real ones. */
export function Skeleton({ rows, height = 28 }: { rows: number; height?: number }) {
  const t = useTranslations('ui')
  return (
    <div role="status" aria-label={t('loading')}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} style={{ height, display: 'flex', alignItems: 'center' }} aria-hidden>
          <span className="skeleton" style={{ width: `${[42, 64, 51, 73, 38, 58][index % 6]}%` }} />
        </div>
      ))}
    </div>
  )
}

export function ChartSkeleton({ height }: { height: number }) {
  const t = useTranslations('ui')
  return (
    <div role="status" aria-label={t('loading')} style={{ height: height + 40, paddingTop: 40 }}>
      <span className="skeleton" style={{ width: '100%', height }} aria-hidden />
    </div>
  )
}
