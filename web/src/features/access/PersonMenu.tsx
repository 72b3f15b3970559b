import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { Icon } from '../../ui/Icon.tsx'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../../ui/Menu.tsx'
import { signOut } from './login.ts'
import { meQuery } from './queries.ts'

/** Who is signed in, the way to the own account, and out. */
export function PersonMenu() {
  const t = useTranslations('access')
  const navigate = useNavigate()
  const { data } = useQuery(meQuery())
  if (!data) return null
  const { principal } = data
  return (
    <Menu
      trigger={
        <button type="button" className="button bare" aria-label={t('menu', { name: principal.user })}>
          <Icon name="person" size={15} />
          <span className="person-name">{principal.user}</span>
        </button>
      }
    >
      <MenuLabel>
        {principal.user}
        {principal.is_admin ? ` · ${t('administrator')}` : ''}
      </MenuLabel>
      <MenuItem onSelect={() => void navigate({ to: '/account' })}>
        <Icon name="person" size={14} />
        {t('account')}
      </MenuItem>
      {data.auth === 'on' ? (
        <>
          <MenuSeparator />
          <MenuItem onSelect={() => void signOut()}>
            <Icon name="signOut" size={14} />
            {t('signOut')}
          </MenuItem>
        </>
      ) : null}
    </Menu>
  )
}
