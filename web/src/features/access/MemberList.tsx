import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { Member, Role } from '../../api/types.ts'
import { ConfirmButton } from '../../ui/ConfirmButton.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { QueryBoundary } from '../../ui/QueryBoundary.tsx'
import { Table } from '../../ui/Table.tsx'
import { membersQuery } from './queries.ts'
import { ROLES, usePermission } from './usePermission.ts'

/** The users of a project with their roles, which its admins can change. */
export function MemberList({ project }: { project: string }) {
  const t = useTranslations('access')
  const client = useQueryClient()
  const members = useQuery(membersQuery(project))
  const permission = usePermission('admin')
  const [user, setUser] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const given = useMutation({
    mutationFn: ({ name, to }: { name: string; to: Role }) =>
      change('put', '/api/v1/projects/{project}/members/{user}', { project, user: name }, { role: to }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.all('users') }),
  })
  const remove = async (name: string) => {
    await change('delete', '/api/v1/projects/{project}/members/{user}', { project, user: name })
    await client.invalidateQueries({ queryKey: keys.all('users') })
  }
  return (
    <>
      {permission.allowed ? (
        <form
          className="bar"
          onSubmit={(event) => {
            event.preventDefault()
            given.mutate({ name: user.trim(), to: role }, { onSuccess: () => setUser('') })
          }}
        >
          <input
            className="field"
            aria-label={t('user')}
            placeholder={t('user')}
            required
            value={user}
            onChange={(event) => setUser(event.target.value)}
          />
          <RoleChoice value={role} label={t('role')} onChange={setRole} />
          <button type="submit" className="button" disabled={given.isPending}>
            {t('addMember')}
          </button>
        </form>
      ) : (
        <p className="quiet">{permission.why}</p>
      )}
      {given.error ? <Failure error={given.error} /> : null}
      <QueryBoundary of={members}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty
              title={t('noMembers')}
              text={t('noMembersText')}
              code={`meguri users add anna\nmeguri users role anna editor --project ${project}`}
            />
          ) : (
            <Table<Member>
              label={t('members')}
              rows={items}
              keyOf={(member) => member.user}
              columns={[
                { id: 'name', head: t('user'), width: 200, cell: (member) => member.user },
                {
                  id: 'role',
                  head: t('role'),
                  width: 180,
                  cell: (member) =>
                    permission.allowed ? (
                      <RoleChoice
                        value={member.role}
                        label={`${t('role')}: ${member.user}`}
                        onChange={(to) => given.mutate({ name: member.user, to })}
                      />
                    ) : (
                      t(`roles.${member.role}`)
                    ),
                },
                {
                  id: 'may',
                  head: t('rights'),
                  cell: (member) => <span className="quiet">{t(`roleTexts.${member.role}`)}</span>,
                },
                {
                  id: 'remove',
                  head: '',
                  right: true,
                  width: 130,
                  cell: (member) =>
                    permission.allowed ? (
                      <ConfirmButton
                        className="button small"
                        label={t('removeMember')}
                        title={t('removeMemberTitle', { name: member.user, project })}
                        text={t('removeMemberText')}
                        act={() => remove(member.user)}
                        danger
                      />
                    ) : null,
                },
              ]}
            />
          )
        }
      </QueryBoundary>
    </>
  )
}

function RoleChoice({ value, label, onChange }: { value: Role; label: string; onChange: (role: Role) => void }) {
  const t = useTranslations('access')
  return (
    <select
      className="field small"
      aria-label={label}
      value={value}
      onChange={(event) => {
        const chosen = ROLES.find((role) => role === event.target.value)
        if (chosen) onChange(chosen)
      }}
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {t(`roles.${role}`)}
        </option>
      ))}
    </select>
  )
}
