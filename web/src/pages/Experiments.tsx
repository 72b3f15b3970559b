import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import { experimentsQuery } from '../features/tracking/queries.ts'
import { RunGlance } from '../features/tracking/RunGlance.tsx'
import { RunsTable } from '../features/tracking/RunsTable.tsx'
import { showCount } from '../lib/units.ts'
import { Page } from '../ui/Page.tsx'
import { SegmentedControl } from '../ui/SegmentedControl.tsx'

const route = getRouteApi('/p/$project/experiments')
const STATUSES = ['running', 'finished', 'failed', 'killed'] as const

/** Runs as a table; the chosen one opens beside it. Everything chosen is in the link. */
export default function Experiments() {
  const t = useTranslations()
  const locale = useLocale()
  const { project } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const experiments = useQuery(experimentsQuery(project))
  const { run, ...filter } = search
  return (
    <Page title={t('experiments.title')}>
      <div className="bar">
        <select
          className="field"
          aria-label={t('experiments.experiment')}
          value={search.experiment ?? ''}
          onChange={(event) => void navigate({ search: { ...search, experiment: event.target.value || undefined, run: undefined } })}
        >
          <option value="">
            {t('experiments.experiment')}: {t('ui.all')}
          </option>
          {(experiments.data?.items ?? []).map((each) => (
            <option key={each.id} value={each.name}>
              {each.name} ({showCount(each.runs, locale)})
            </option>
          ))}
        </select>
        <select
          className="field"
          aria-label={t('experiments.status')}
          value={search.status ?? ''}
          onChange={(event) => void navigate({ search: { ...search, status: event.target.value || undefined, run: undefined } })}
        >
          <option value="">
            {t('experiments.status')}: {t('ui.all')}
          </option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {t(`runStatus.${status}`)}
            </option>
          ))}
        </select>
        <SegmentedControl
          label={t('experiments.kind')}
          options={[
            { id: 'all', label: t('ui.all') },
            { id: 'run', label: t('experiments.kinds.run') },
            { id: 'step', label: t('experiments.kinds.step') },
          ]}
          value={search.kind ?? 'all'}
          onChange={(kind) => void navigate({ search: { ...search, kind: kind === 'all' ? undefined : kind, run: undefined } })}
        />
      </div>
      <div className={run ? 'beside' : undefined}>
        <RunsTable
          project={project}
          filter={filter}
          selected={run}
          select={(id) => void navigate({ search: { ...search, run: id }, replace: true })}
          sortBy={(sort) => void navigate({ search: { ...search, sort } })}
        />
        {run ? (
          <aside>
            <RunGlance run={run} close={() => void navigate({ search: { ...search, run: undefined } })} />
          </aside>
        ) : null}
      </div>
    </Page>
  )
}
