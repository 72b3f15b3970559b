import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { LoginCode, User } from '../../api/types.ts'
import { assertNever } from '../../lib/assert.ts'
import { Code } from '../../ui/Code.tsx'
import { ConfirmDialog } from '../../ui/ConfirmButton.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/Menu.tsx'
import { State } from '../../ui/State.tsx'
import { Table } from '../../ui/Table.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { PasswordDialog } from './PasswordDialog.tsx'

/** What a menu of a user asks about before it is done, with the text of the question. */
const TEXTS = {
  loginCode: 'loginCodeText',
  giveAdmin: 'adminText',
  takeAdmin: 'adminText',
  enable: 'enableText',
  disable: 'disableText',
} as const

type Asked = { user: User; action: keyof typeof TEXTS }

/** The users of the installation. */
export function UserList({ users }: { users: User[] }) {
  const t = useTranslations('access')
  const client = useQueryClient()
  const [reset, setReset] = useState<User>()
  const [code, setCode] = useState<LoginCode>()
  const [asked, setAsked] = useState<Asked>()
  const put = async (user: User, body: { is_disabled?: boolean; is_admin?: boolean }) => {
    await change('patch', '/api/v1/users/{user}', { user: user.name }, body)
    await client.invalidateQueries({ queryKey: keys.all('users') })
  }
  const makeCode = async (user: User) => {
    setCode(await change('post', '/api/v1/login-codes', {}, { user: user.name }))
  }
  const act = ({ user, action }: Asked): Promise<void> => {
    switch (action) {
      case 'loginCode':
        return makeCode(user)
      case 'giveAdmin':
      case 'takeAdmin':
        return put(user, { is_admin: action === 'giveAdmin' })
      case 'enable':
      case 'disable':
        return put(user, { is_disabled: action === 'disable' })
      default:
        return assertNever(action)
    }
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
            width: 52,
            fixed: true,
            cell: (user) => (
              <Menu
                trigger={
                  <button type="button" className="button small square" aria-label={t('actionsOf', { name: user.name })}>
                    <Icon name="more" size={14} />
                  </button>
                }
              >
                <MenuItem onSelect={() => setReset(user)}>{t('resetPassword')}</MenuItem>
                {user.disabled_at ? null : <MenuItem onSelect={() => setAsked({ user, action: 'loginCode' })}>{t('loginCode')}</MenuItem>}
                <MenuItem onSelect={() => setAsked({ user, action: user.is_admin ? 'takeAdmin' : 'giveAdmin' })}>
                  {user.is_admin ? t('takeAdmin') : t('giveAdmin')}
                </MenuItem>
                <MenuSeparator />
                <MenuItem onSelect={() => setAsked({ user, action: user.disabled_at ? 'enable' : 'disable' })}>
                  {user.disabled_at ? t('enable') : t('disable')}
                </MenuItem>
              </Menu>
            ),
          },
        ]}
      />
      {asked ? (
        <ConfirmDialog
          open
          close={() => setAsked(undefined)}
          title={t(`${asked.action}Title`, { name: asked.user.name })}
          text={t(TEXTS[asked.action])}
          confirm={t(asked.action)}
          act={() => act(asked)}
          danger={asked.action === 'disable'}
        />
      ) : null}
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
