import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { Me, Role, Scope } from '../../api/types.ts'
import type { Permission } from '../../ui/ActionButton.tsx'
import { useProject } from '../projects/useProject.ts'
import { meQuery } from './queries.ts'

export type Action = 'read' | 'predict' | 'write' | 'operate' | 'admin'

export const ROLES: Role[] = ['viewer', 'editor', 'operator', 'admin']
export const SCOPES: Scope[] = ['read', 'predict', 'write', 'admin']

/** The role and the scope that each action needs, as the server has it. */
const NEEDS: Record<Action, { role: Role; scope: Scope }> = {
  read: { role: 'viewer', scope: 'read' },
  predict: { role: 'editor', scope: 'predict' },
  write: { role: 'editor', scope: 'write' },
  operate: { role: 'operator', scope: 'write' },
  admin: { role: 'admin', scope: 'admin' },
}

export type Missing = { kind: 'role'; needed: Role; held: Role | undefined } | { kind: 'scope'; needed: Scope }

/** What the reader lacks for an action in a project; undefined where the action is allowed. The server decides; this only explains beforehand. */
export function missingFor(me: Me, action: Action, project: string): Missing | undefined {
  const { role, scope } = NEEDS[action]
  const held = me.principal.is_admin && me.principal.projects === null ? 'admin' : me.roles[project]
  if (held === undefined || ROLES.indexOf(held) < ROLES.indexOf(role)) return { kind: 'role', needed: role, held }
  return me.principal.scopes.includes(scope) ? undefined : { kind: 'scope', needed: scope }
}

/** Whether the reader may do something in the project of the page, and if not, the reason in words. */
export function usePermission(action: Action): Permission {
  const t = useTranslations('access')
  const project = useProject()
  const { data } = useQuery(meQuery())
  if (!data) return { allowed: false, why: '' }
  const missing = missingFor(data, action, project)
  if (!missing) return { allowed: true, why: '' }
  if (missing.kind === 'scope') return { allowed: false, why: t('needsScope', { scope: missing.needed }) }
  return {
    allowed: false,
    why: t('needsRole', { needed: t(`roles.${missing.needed}`), held: missing.held ? t(`roles.${missing.held}`) : t('noRole') }),
  }
}

/** Whether the reader administers the whole installation. */
export function useIsAdministrator(): boolean {
  const { data } = useQuery(meQuery())
  return data !== undefined && data.principal.is_admin && data.principal.projects === null
}
