import { useLocale, useTranslations } from 'use-intl'
import { useNow } from '../lib/now.ts'
import { showEvent, showEventExact, showRelative, showWall } from '../lib/time.ts'

/** When it happened here: relative, the absolute on hover. */
export function WallTime({ at }: { at: string | null | undefined }) {
  const locale = useLocale()
  const now = useNow()
  const t = useTranslations('ui')
  if (!at) return <span className="quiet">–</span>
  return (
    <time dateTime={at} title={t('wallTime', { at: showWall(at, locale) })}>
      {showRelative(at, now, locale)}
    </time>
  )
}

/** When it happened in the data: absolute UTC with a dotted line below, which wall times never have. */
export function EventTime({ at, day = false }: { at: string | null | undefined; day?: boolean }) {
  const t = useTranslations('ui')
  if (!at) return <span className="quiet">–</span>
  return (
    <time className="event-time" dateTime={at} title={t('eventTime', { at: showEventExact(at) })}>
      {day ? showEvent(at).slice(0, 10) : showEvent(at)}
    </time>
  )
}
