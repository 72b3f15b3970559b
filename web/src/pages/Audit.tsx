import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Event } from '../api/types.ts'
import { Actor } from '../features/access/Actor.tsx'
import { auditPath, auditQuery, type AuditFilter } from '../features/access/queries.ts'
import { useIsAdministrator, usePermission } from '../features/access/usePermission.ts'
import { Evidence } from '../features/history/Evidence.tsx'
import { Sentence } from '../features/history/Sentence.tsx'
import { download } from '../lib/csv.ts'
import { address, send } from '../lib/http.ts'
import { DelayedInput } from '../ui/DelayedInput.tsx'
import { Empty } from '../ui/Empty.tsx'
import { Failure } from '../ui/Failure.tsx'
import { Id } from '../ui/Id.tsx'
import { Page } from '../ui/Page.tsx'
import { PagedTable } from '../ui/PagedTable.tsx'
import { SegmentedControl } from '../ui/SegmentedControl.tsx'
import { EventTime, WallTime } from '../ui/Time.tsx'

const route = getRouteApi('/p/$project/audit')

/** Who did what and when: every event with its actor; filtered, and as a file. */
export default function Audit() {
  const t = useTranslations('audit')
  const { project } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const administrator = useIsAdministrator()
  const permission = usePermission('admin')
  const { scope, event: chosen, ...filter } = search
  const where = scope === 'all' && administrator ? undefined : project
  const put = (change: Partial<typeof search>) => void navigate({ search: { ...search, event: undefined, ...change }, replace: true })
  if (!permission.allowed) {
    return (
      <Page title={t('title')}>
        <Empty title={t('title')} text={permission.why} />
      </Page>
    )
  }
  return (
    <Page title={t('title')} actions={<Export project={where} filter={filter} />}>
      <div className="bar">
        {administrator ? (
          <SegmentedControl
            label={t('scope')}
            options={[
              { id: 'project', label: project },
              { id: 'all', label: t('allProjects') },
            ]}
            value={scope ?? 'project'}
            onChange={(id) => put({ scope: id === 'all' ? 'all' : undefined })}
          />
        ) : null}
        <DelayedInput
          label={t('actor')}
          placeholder="user:anna"
          value={filter.actor ?? ''}
          onChange={(actor) => put({ actor: actor || undefined })}
        />
        <DelayedInput
          label={t('kind')}
          placeholder="promotion.approved"
          value={filter.kind ?? ''}
          onChange={(kind) => put({ kind: kind || undefined })}
        />
        <label className="quiet">
          {t('since')}{' '}
          <input
            className="field"
            type="date"
            value={filter.since?.slice(0, 10) ?? ''}
            onChange={(input) => put({ since: input.target.value ? `${input.target.value}T00:00:00Z` : undefined })}
          />
        </label>
        <label className="quiet">
          {t('until')}{' '}
          <input
            className="field"
            type="date"
            value={filter.until?.slice(0, 10) ?? ''}
            onChange={(input) => put({ until: input.target.value ? `${input.target.value}T00:00:00Z` : undefined })}
          />
        </label>
      </div>
      <Events project={where} filter={filter} chosen={chosen} choose={(event) => put({ event })} />
    </Page>
  )
}

function Events({
  project,
  filter,
  chosen,
  choose,
}: {
  project: string | undefined
  filter: AuditFilter
  chosen: number | undefined
  choose: (event: number | undefined) => void
}) {
  const t = useTranslations('audit')
  const events = useInfiniteQuery(auditQuery(project, filter))
  const open = events.data?.pages.flatMap((page) => page.items).find((event) => event.sequence === chosen)
  return (
    <div className={open ? 'beside' : undefined}>
      <PagedTable<Event>
        of={events}
        empty={<Empty title={t('empty')} text={t('emptyText')} />}
        label={t('title')}
        keyOf={(event) => String(event.sequence)}
        selected={open ? String(open.sequence) : undefined}
        select={(event) => choose(event.sequence === chosen ? undefined : event.sequence)}
        height="calc(100vh - 148px)"
        layout="audit"
        columns={[
          { id: 'at', head: t('at'), width: 110, cell: (event) => <WallTime at={event.at} /> },
          { id: 'actor', head: t('actor'), width: 170, cell: (event) => <Actor of={event.actor} /> },
          { id: 'kind', head: t('kind'), width: 190, cell: (event) => <code>{event.kind}</code> },
          ...(project === undefined
            ? [{ id: 'project', head: t('project'), width: 130, cell: (event: Event) => event.project || '–' }]
            : []),
          {
            id: 'what',
            head: t('what'),
            cell: (event) => (
              <span className="prose">
                <Sentence event={event} />
              </span>
            ),
          },
          { id: 'subject', head: t('subject'), width: 140, cell: (event) => <Id id={event.subject} /> },
          { id: 'event_at', head: t('eventAt'), right: true, width: 130, cell: (event) => <EventTime at={event.event_at} /> },
          { id: 'sequence', head: '#', right: true, width: 80, cell: (event) => event.sequence },
        ]}
      />
      {open ? (
        <aside>
          <h2 className="heading">
            <code>{open.kind}</code>
          </h2>
          <p>
            <Actor of={open.actor} /> · <WallTime at={open.at} />
          </p>
          <Evidence of={open.payload} />
        </aside>
      ) : null}
    </div>
  )
}

function Export({ project, filter }: { project: string | undefined; filter: AuditFilter }) {
  const t = useTranslations('ui')
  const [error, setError] = useState<Error>()
  const save = async (format: 'csv' | 'jsonl') => {
    setError(undefined)
    try {
      const response = await send(address(auditPath(project), { ...filter, format }))
      download(`audit.${format}`, await response.blob())
    } catch (raised) {
      setError(raised instanceof Error ? raised : new Error(String(raised)))
    }
  }
  return (
    <>
      {error ? <Failure error={error} /> : null}
      <button type="button" className="button" onClick={() => void save('csv')}>
        {t('exportCsv')}
      </button>
      <button type="button" className="button" onClick={() => void save('jsonl')}>
        {t('exportJson')}
      </button>
    </>
  )
}
