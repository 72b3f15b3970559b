import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { NewToken, Token } from '../../api/types.ts'
import { ConfirmButton } from '../../ui/ConfirmButton.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Table, type Column } from '../../ui/Table.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { TokenSecret } from './TokenSecret.tsx'

/** API tokens without their secrets. `mine`: those of the reader, else of every user. */
export function TokenList({ tokens, mine }: { tokens: Token[]; mine: boolean }) {
  const t = useTranslations('access')
  const client = useQueryClient()
  const [rotated, setRotated] = useState<NewToken>()
  const refresh = () => client.invalidateQueries({ queryKey: keys.all('tokens') })
  const rotate = async ({ id }: Token) => {
    const body = { overlap_seconds: 0 }
    setRotated(
      mine
        ? await change('post', '/api/v1/me/tokens/{token}/rotate', { token: id }, body)
        : await change('post', '/api/v1/tokens/{token}/rotate', { token: id }, body),
    )
    await refresh()
  }
  const revoke = async ({ id }: Token) => {
    if (mine) await change('delete', '/api/v1/me/tokens/{token}', { token: id })
    else await change('delete', '/api/v1/tokens/{token}', { token: id })
    await refresh()
  }
  const columns: Column<Token>[] = [
    { id: 'name', head: t('tokenName'), width: 170, cell: (token) => token.name },
    { id: 'hint', head: t('hint'), width: 130, cell: (token) => <code className="quiet">{token.hint}…</code> },
    {
      id: 'scopes',
      head: t('scopes'),
      width: 200,
      cell: (token) =>
        token.scopes.map((scope) => (
          <span key={scope} className={scope === 'admin' ? 'tag warn' : 'tag'} style={{ marginRight: 4 }}>
            {t(`scopeNames.${scope}`)}
          </span>
        )),
    },
    {
      id: 'projects',
      head: t('projects'),
      cell: (token) => (token.projects === null ? <span className="quiet">{t('allProjects')}</span> : token.projects.join(', ')),
    },
    { id: 'created', head: t('created'), right: true, width: 110, cell: (token) => <WallTime at={token.created_at} /> },
    {
      id: 'used',
      head: t('lastUsed'),
      hint: t('lastUsedHint'),
      right: true,
      width: 110,
      cell: (token) =>
        token.last_used_at ? (
          <WallTime at={token.last_used_at} />
        ) : (
          <span className="quiet" title={t('lastUsedHint')}>
            {t('neverUsed')}
          </span>
        ),
    },
    {
      id: 'expires',
      head: t('expires'),
      right: true,
      width: 110,
      cell: (token) => (token.expires_at ? <WallTime at={token.expires_at} /> : <span className="quiet">{t('neverExpires')}</span>),
    },
    {
      id: 'actions',
      head: '',
      right: true,
      width: 190,
      fixed: true,
      cell: (token) => (
        <span className="actions">
          <ConfirmButton
            className="button small"
            label={t('rotate')}
            title={t('rotateTitle', { name: token.name })}
            text={t('rotateText')}
            act={() => rotate(token)}
          />
          <ConfirmButton
            className="button small"
            label={t('revoke')}
            title={t('revokeTitle', { name: token.name })}
            text={t('revokeText')}
            act={() => revoke(token)}
            danger
          />
        </span>
      ),
    },
  ]
  const user: Column<Token> = { id: 'user', head: t('user'), width: 140, cell: (token) => token.user }
  return (
    <>
      {tokens.length === 0 ? (
        <Empty title={t('noTokens')} text={t('noTokensText')} code="meguri tokens create laptop --scope read" />
      ) : (
        <Table<Token>
          label={t('tokens')}
          rows={tokens}
          keyOf={(token) => token.id}
          columns={mine ? columns : [user, ...columns]}
          {...(mine ? {} : { height: 'calc(100vh - 190px)' })}
        />
      )}
      <TokenSecret made={rotated} close={() => setRotated(undefined)} />
    </>
  )
}
