import { expect, test } from 'vitest'
import type { Me, Role, Scope } from '../../api/types.ts'
import { missingFor, type Action } from './usePermission.ts'

function reader(role: Role | undefined, scopes: Scope[] = ['read', 'predict', 'write', 'admin'], isAdmin = false): Me {
  return {
    principal: { kind: 'session', id: 'ses_1', user: 'anna', name: 'anna', is_admin: isAdmin, scopes, projects: null },
    auth: 'on',
    roles: role ? { pond: role } : {},
    has_password: true,
  }
}

test('each role allows what it should in its project, and nothing in another one', () => {
  const actions: Action[] = ['read', 'predict', 'write', 'operate', 'admin']
  const allowed = (role: Role) => actions.filter((action) => missingFor(reader(role), action, 'pond') === undefined)
  expect(allowed('viewer')).toEqual(['read'])
  expect(allowed('editor')).toEqual(['read', 'predict', 'write'])
  expect(allowed('operator')).toEqual(['read', 'predict', 'write', 'operate'])
  expect(allowed('admin')).toEqual(actions)
  expect(missingFor(reader('admin'), 'read', 'lake')).toEqual({ kind: 'role', needed: 'viewer', held: undefined })
})

test('an administrator may do everything; a token is cut down by its scopes', () => {
  expect(missingFor(reader(undefined, undefined, true), 'admin', 'lake')).toBeUndefined()
  expect(missingFor(reader('operator', ['read']), 'operate', 'pond')).toEqual({ kind: 'scope', needed: 'write' })
})
