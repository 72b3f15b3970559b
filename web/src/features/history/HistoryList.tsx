import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Event } from '../../api/types.ts'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { Icon, type IconName } from '../../ui/Icon.tsx'
import { EventTime, WallTime } from '../../ui/Time.tsx'
import './history.css'
import { Evidence } from './Evidence.tsx'
import { MAIN_KINDS, historyQuery } from './queries.ts'
import { Sentence, toneOf } from './Sentence.tsx'

/** What happened, newest first, in plain sentences; each opens to its evidence. */
export function HistoryList({ project, everything, subject }: { project: string; everything: boolean; subject?: string }) {
  const t = useTranslations('home')
  const history = useInfiniteQuery(historyQuery(project, everything ? undefined : MAIN_KINDS, subject))
  if (history.error && !history.data) return <Failure error={history.error} again={() => void history.refetch()} />
  if (!history.data) return <Skeleton rows={12} height={30} />
  const events = history.data.pages.flatMap((page) => page.items)
  if (events.length === 0) return <p className="quiet">{t('historyEmpty')}</p>
  return (
    <>
      <ol className="history">
        {events.map((event, index) => (
          <HistoryItem key={event.sequence} event={event} dated={dayOf(event) !== dayOf(events[index - 1])} />
        ))}
      </ol>
      {history.hasNextPage ? (
        <button
          type="button"
          className="button"
          style={{ marginTop: 8 }}
          disabled={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          {t('older')}
        </button>
      ) : null}
    </>
  )
}

function dayOf(event: Event | undefined): string | undefined {
  return event?.event_at?.slice(0, 10) ?? event?.at.slice(0, 16)
}

/** `dated`: the day is shown at the first of consecutive events of one day. */
function HistoryItem({ event, dated }: { event: Event; dated: boolean }) {
  const t = useTranslations('ui')
  const [open, setOpen] = useState(false)
  const tone = toneOf(event.kind)
  const icon: IconName = tone === 'skip' ? 'skip' : tone
  return (
    <li className={tone}>
      <Icon name={icon} size={12} />
      <div className="prose">
        <Sentence event={event} />{' '}
        {Object.keys(event.payload).length ? (
          <button type="button" className="toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('evidence')}
          </button>
        ) : null}
      </div>
      <span className="when">{!dated ? null : event.event_at ? <EventTime at={event.event_at} /> : <WallTime at={event.at} />}</span>
      {open ? (
        <div className="more">
          <Evidence of={event.payload} />
          <span className="quiet">
            <code>{event.kind}</code> · #{event.sequence} · <WallTime at={event.at} />
          </span>
        </div>
      ) : null}
    </li>
  )
}
