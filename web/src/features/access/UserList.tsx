import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { LoginCode, User } from '../../api/types.ts'
import { Code } from '../../ui/Code.tsx'
import { ConfirmButton } from '../../ui/ConfirmButton.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { State } from '../../ui/State.tsx'
import { Table } from '../../ui/Table.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { PasswordDialog } from './PasswordDialog.tsx'

/** The users of the installation. */
export function UserList({ users }: { users: User[] }) {
  const t = useTranslations('access')
  const client = useQueryClient()
  const [reset, setReset] = useState<User>()
  const [code, setCode] = useState<LoginCode>()
  const put = async (user: User, body: { is_disabled?: boolean; is_admin?: boolean }) => {
    await change('patch', '/api/v1/users/{user}', { user: user.name }, body)
    await client.invalidateQueries({ queryKey: keys.all('users') })
  }
  const makeCode = async (user: User) => {
    setCode(await change('post', '/api/v1/login-codes', {}, { user: user.name }))
  }
  return (
    <>
      <Table<User>
        label={t('users')}
        rows={users}
        keyOf={(user) => user.id}
        height="calc(100vh - 190px)"
        columns={[
          { id: 'name', head: t('user'), width: 140, cell: (user) => user.name },
          {
            id: 'state',
            head: t('state'),
            width: 110,
            cell: (user) => (user.disabled_at ? <State tone="skip" word={t('disabled')} /> : <State tone="good" word={t('enabled')} />),
          },
          {
            id: 'rights',
            head: t('rights'),
            cell: (user) => (user.is_admin ? <span className="tag accent">{t('administrator')}</span> : <Roles user={user} />),
          },
          {
            id: 'password',
            head: t('password'),
            width: 110,
            cell: (user) => <span className="quiet">{user.has_password ? t('set') : t('notSet')}</span>,
          },
          { id: 'created', head: t('created'), right: true, width: 110, cell: (user) => <WallTime at={user.created_at} /> },
          {
            id: 'actions',
            head: '',
            right: true,
            width: 500,
            cell: (user) => (
              <span className="actions">
                <button type="button" className="button small" onClick={() => setReset(user)}>
                  {t('resetPassword')}
                </button>
                <ConfirmButton
                  className="button small"
                  label={t('loginCode')}
                  title={t('loginCodeTitle', { name: user.name })}
                  text={t('loginCodeText')}
                  act={() => makeCode(user)}
                  disabled={user.disabled_at !== null}
                />
                <ConfirmButton
                  className="button small"
                  label={user.is_admin ? t('takeAdmin') : t('giveAdmin')}
                  title={user.is_admin ? t('takeAdminTitle', { name: user.name }) : t('giveAdminTitle', { name: user.name })}
                  text={t('adminText')}
                  act={() => put(user, { is_admin: !user.is_admin })}
                />
                {user.disabled_at ? (
                  <ConfirmButton
                    className="button small"
                    label={t('enable')}
                    title={t('enableTitle', { name: user.name })}
                    text={t('enableText')}
                    act={() => put(user, { is_disabled: false })}
                  />
                ) : (
                  <ConfirmButton
                    className="button small"
                    label={t('disable')}
                    title={t('disableTitle', { name: user.name })}
                    text={t('disableText')}
                    act={() => put(user, { is_disabled: true })}
                    danger
                  />
                )}
              </span>
            ),
          },
        ]}
      />
      <PasswordDialog user={reset} close={() => setReset(undefined)} />
      <Dialog
        open={code !== undefined}
        onOpenChange={(open) => (open ? undefined : setCode(undefined))}
        title={t('loginCodeTitle', { name: code?.user ?? '' })}
        text={t('loginCodeOnce')}
      >
        <Code text={`${new URL('.', document.baseURI).href}#login=${code?.code ?? ''}`} label={t('loginCode')} wrap />
      </Dialog>
    </>
  )
}

function Roles({ user }: { user: User }) {
  const t = useTranslations('access')
  const roles = Object.entries(user.roles ?? {})
  if (roles.length === 0) return <span className="quiet">{t('noRole')}</span>
  return (
    <span title={roles.map(([project, role]) => `${project}: ${role}`).join('\n')}>
      {roles.map(([project, role]) => `${project}: ${t(`roles.${role}`)}`).join(' · ')}
    </span>
  )
}
