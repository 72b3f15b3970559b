import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import '../features/history/history.css'
import { HistoryList } from '../features/history/HistoryList.tsx'
import { NextSteps } from '../features/loop/NextSteps.tsx'
import { overviewQuery } from '../features/loop/queries.ts'
import { Ring } from '../features/loop/Ring.tsx'
import { missing, type Stage } from '../features/loop/stages.ts'
import { Failure } from '../ui/Failure.tsx'
import { Page } from '../ui/Page.tsx'
import { SegmentedControl } from '../ui/SegmentedControl.tsx'

const route = getRouteApi('/p/$project/')

/** The loop as a ring, and beside it what happened. */
export default function Home() {
  const t = useTranslations('home')
  const { project } = route.useParams()
  const { history } = route.useSearch()
  const navigate = route.useNavigate()
  const overview = useQuery(overviewQuery(project))
  const [open, setOpen] = useState<Stage>()
  const unset = missing(overview.data)
  return (
    <Page title={project}>
      {overview.error && !overview.data ? <Failure error={overview.error} again={() => void overview.refetch()} /> : null}
      <div className="home">
        <Ring project={project} chosen={open ?? unset[0]} choose={setOpen} />
        <aside>
          {unset.length > 0 ? (
            <section className="section">
              <h2>{t('next')}</h2>
              <NextSteps stages={unset} open={open} choose={setOpen} />
            </section>
          ) : null}
          <section className="section">
            <h2 className="heading">
              {t('history')}
              <span className="actions">
                <SegmentedControl
                  label={t('history')}
                  options={[
                    { id: 'decisions', label: t('kinds.decisions') },
                    { id: 'all', label: t('kinds.all') },
                  ]}
                  value={history ?? 'decisions'}
                  onChange={(id) => void navigate({ search: { history: id === 'all' ? 'all' : undefined }, replace: true })}
                />
              </span>
            </h2>
            <div className="history-box" tabIndex={0} role="region" aria-label={t('history')}>
              <HistoryList project={project} everything={history === 'all'} />
            </div>
          </section>
        </aside>
      </div>
    </Page>
  )
}
