import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import type { ProjectSummary } from '../api/types.ts'
import { MemberList } from '../features/access/MemberList.tsx'
import { NewUserButton } from '../features/access/NewUserButton.tsx'
import { sessionsQuery, tokensQuery, usersQuery } from '../features/access/queries.ts'
import { SessionList } from '../features/access/SessionList.tsx'
import { TokenList } from '../features/access/TokenList.tsx'
import { UserList } from '../features/access/UserList.tsx'
import { useIsAdministrator } from '../features/access/usePermission.ts'
import { JobList } from '../features/jobs/JobList.tsx'
import { readinessQuery } from '../features/jobs/queries.ts'
import { projectsQuery } from '../features/projects/queries.ts'
import { assertNever } from '../lib/assert.ts'
import { ADMIN_TABS } from '../lib/tabs.ts'
import { DescriptionList } from '../ui/DescriptionList.tsx'
import { Id } from '../ui/Id.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { StatBar } from '../ui/StatBar.tsx'
import { State } from '../ui/State.tsx'
import { Table } from '../ui/Table.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { EventTime, WallTime } from '../ui/Time.tsx'

const route = getRouteApi('/p/$project/admin')
/** What only administrators of the installation may see. */
const INSTALLATION: readonly (typeof ADMIN_TABS)[number][] = ['users', 'tokens', 'sessions']

/** Health, jobs and members of the project; users, tokens and sessions of the installation. */
export default function Admin() {
  const t = useTranslations('admin')
  const { project } = route.useParams()
  const { tab = 'overview' } = route.useSearch()
  const administrator = useIsAdministrator()
  const tabs = ADMIN_TABS.filter((id) => administrator || !INSTALLATION.includes(id))
  return (
    <Page title={t('title')} actions={tab === 'users' && administrator ? <NewUserButton /> : null}>
      <Tabs label={t('title')} tabs={tabs.map((id) => ({ id, label: t(`tabs.${id}`) }))} open={tab} />
      {tabs.includes(tab) ? <Part tab={tab} project={project} /> : <p className="quiet">{t('administratorsOnly')}</p>}
    </Page>
  )
}

function Part({ tab, project }: { tab: (typeof ADMIN_TABS)[number]; project: string }) {
  switch (tab) {
    case 'overview':
      return <Overview />
    case 'jobs':
      return <JobList project={project} />
    case 'members':
      return <MemberList project={project} />
    case 'users':
      return <Users />
    case 'tokens':
      return <Tokens />
    case 'sessions':
      return <Sessions />
    default:
      return assertNever(tab)
  }
}

function Overview() {
  const t = useTranslations('admin')
  const readiness = useQuery(readinessQuery())
  const partName = usePartName()
  const projects = useQuery(projectsQuery())
  return (
    <>
      <QueryBoundary of={readiness}>
        {(found) => (
          <>
            <StatBar
              items={[
                {
                  label: t('health'),
                  value: found.ready ? <State tone="good" word={t('ready')} /> : <State tone="bad" word={t('notReady')} />,
                },
                { label: t('version'), value: found.version },
              ]}
            />
            <Section title={t('parts')}>
              <DescriptionList
                items={found.parts.map((part) => [
                  partName(part.name),
                  part.ready ? (
                    <State tone="good" word={t('ready')} />
                  ) : (
                    <span>
                      <State tone="bad" word={t('notReady')} /> <span lang="en">{part.detail}</span>
                    </span>
                  ),
                ])}
              />
            </Section>
          </>
        )}
      </QueryBoundary>
      <Section title={t('projects')}>
        <QueryBoundary of={projects}>
          {({ items }) => (
            <Table<ProjectSummary>
              label={t('projects')}
              rows={items}
              keyOf={(each) => each.name}
              columns={[
                { id: 'name', head: t('projects'), width: 180, cell: (each) => each.name },
                {
                  id: 'clock',
                  head: t('clock'),
                  width: 140,
                  cell: (each) => (each.clock ? t(each.clock === 'wall' ? 'clocks.wall' : 'clocks.event') : '–'),
                },
                { id: 'watermark', head: t('settled'), right: true, width: 150, cell: (each) => <EventTime at={each.watermark} /> },
                { id: 'bundle', head: t('bundle'), right: true, width: 120, cell: (each) => <Id id={each.bundle} /> },
                { id: 'description', head: t('about'), cell: (each) => <span className="quiet">{each.description || '–'}</span> },
                { id: 'applied', head: t('applied'), right: true, width: 120, cell: (each) => <WallTime at={each.applied_at} /> },
              ]}
            />
          )}
        </QueryBoundary>
      </Section>
    </>
  )
}

/** The name of what the server needs; one that these pages do not know is shown as the server names it. */
function usePartName(): (name: string) => string {
  const t = useTranslations('admin')
  return (name) =>
    name === 'database' || name === 'storage' || name === 'jobs' || name === 'children' || name === 'disk' ? t(`partNames.${name}`) : name
}

function Users() {
  const users = useQuery(usersQuery())
  return <QueryBoundary of={users}>{({ items }) => <UserList users={items} />}</QueryBoundary>
}

function Tokens() {
  const tokens = useQuery(tokensQuery())
  return <QueryBoundary of={tokens}>{({ items }) => <TokenList tokens={items} mine={false} />}</QueryBoundary>
}

function Sessions() {
  const sessions = useQuery(sessionsQuery())
  return <QueryBoundary of={sessions}>{({ items }) => <SessionList sessions={items} mine={false} />}</QueryBoundary>
}
