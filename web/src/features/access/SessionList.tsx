import { useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { Session } from '../../api/types.ts'
import { endSession } from '../../lib/session.ts'
import { ConfirmButton } from '../../ui/ConfirmButton.tsx'
import { Table, type Column } from '../../ui/Table.tsx'
import { WallTime } from '../../ui/Time.tsx'

/** Signed-in browsers. `mine`: those of the reader, else of every user. */
export function SessionList({ sessions, mine }: { sessions: Session[]; mine: boolean }) {
  const t = useTranslations('access')
  const client = useQueryClient()
  const end = async (session: Session) => {
    if (mine) await change('delete', '/api/v1/me/sessions/{session}', { session: session.id })
    else await change('delete', '/api/v1/sessions/{session}', { session: session.id })
    if (session.is_current) endSession('signed-out')
    await client.invalidateQueries({ queryKey: keys.all('sessions') })
  }
  const columns: Column<Session>[] = [
    {
      id: 'agent',
      head: t('browser'),
      cell: (session) => (
        <span title={session.user_agent}>
          {browserOf(session.user_agent)} {session.is_current ? <span className="tag accent">{t('thisSession')}</span> : null}
        </span>
      ),
    },
    { id: 'address', head: t('address'), width: 150, cell: (session) => <code>{session.address || '–'}</code> },
    { id: 'created', head: t('created'), right: true, width: 120, cell: (session) => <WallTime at={session.created_at} /> },
    { id: 'seen', head: t('lastUsed'), right: true, width: 120, cell: (session) => <WallTime at={session.last_seen_at} /> },
    { id: 'expires', head: t('expires'), right: true, width: 120, cell: (session) => <WallTime at={session.expires_at} /> },
    {
      id: 'end',
      head: '',
      right: true,
      width: 110,
      cell: (session) => (
        <ConfirmButton
          className="button small"
          label={t('endSession')}
          title={t('endSessionTitle')}
          text={t('endSessionText')}
          act={() => end(session)}
          danger
        />
      ),
    },
  ]
  const user: Column<Session> = { id: 'user', head: t('user'), width: 160, cell: (session) => session.user }
  return (
    <Table<Session>
      label={t('sessions')}
      rows={sessions}
      keyOf={(session) => session.id}
      columns={mine ? columns : [user, ...columns]}
      {...(mine ? {} : { height: 'calc(100vh - 190px)' })}
    />
  )
}

/** `Firefox · Linux` of a user agent; the agent itself where it is of no known browser. */
export function browserOf(agent: string): string {
  const browser = [
    ['Edg/', 'Edge'],
    ['Firefox/', 'Firefox'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ].find(([mark]) => mark !== undefined && agent.includes(mark))?.[1]
  const system = [
    ['Windows', 'Windows'],
    ['Android', 'Android'],
    ['iPhone', 'iOS'],
    ['iPad', 'iOS'],
    ['Mac OS', 'macOS'],
    ['Linux', 'Linux'],
  ].find(([mark]) => mark !== undefined && agent.includes(mark))?.[1]
  return browser ? [browser, system].filter(Boolean).join(' · ') : agent.slice(0, 40) || '–'
}
