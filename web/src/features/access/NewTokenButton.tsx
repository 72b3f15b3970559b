import { useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { NewToken, Scope } from '../../api/types.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { TokenSecret } from './TokenSecret.tsx'
import { SCOPES } from './usePermission.ts'

const DAYS = [7, 30, 90, 365] as const
const DAY_MS = 86_400_000

/** Makes a token of the reader: its scopes, the projects that it is limited to, and when it expires. */
export function NewTokenButton({ projects }: { projects: string[] }) {
  const t = useTranslations('access')
  const ui = useTranslations('ui')
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<Scope[]>(['read'])
  const [limit, setLimit] = useState<string[]>([])
  const [days, setDays] = useState('90')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error>()
  const [made, setMade] = useState<NewToken>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      const expires_at = days ? new Date(Date.now() + Number(days) * DAY_MS).toISOString() : null
      setMade(
        await change('post', '/api/v1/me/tokens', {}, { name: name.trim(), scopes, projects: limit.length ? limit : null, expires_at }),
      )
      setOpen(false)
      setName('')
      await client.invalidateQueries({ queryKey: keys.all('tokens') })
    } catch (raised) {
      setError(raised instanceof Error ? raised : new Error(String(raised)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {t('newToken')}
      </button>
      <Dialog open={open} onOpenChange={setOpen} title={t('newToken')} text={t('newTokenText')}>
        <form className="form" onSubmit={(event) => void submit(event)}>
          <label>
            {t('tokenName')}
            <input
              className="field"
              required
              maxLength={64}
              value={name}
              onChange={(event) => setName(event.target.value)}
              placeholder="laptop"
            />
          </label>
          <fieldset>
            <legend>{t('scopes')}</legend>
            {SCOPES.map((scope) => (
              <label key={scope} className="check">
                <input
                  type="checkbox"
                  checked={scopes.includes(scope)}
                  onChange={(event) => setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope))}
                />
                <span>
                  {t(`scopeNames.${scope}`)} <span className="quiet">{t(`scopeTexts.${scope}`)}</span>
                </span>
              </label>
            ))}
          </fieldset>
          {projects.length ? (
            <fieldset>
              <legend>{t('limitTo')}</legend>
              <p className="quiet">{t('limitText')}</p>
              {projects.map((project) => (
                <label key={project} className="check">
                  <input
                    type="checkbox"
                    checked={limit.includes(project)}
                    onChange={(event) => setLimit(event.target.checked ? [...limit, project] : limit.filter((each) => each !== project))}
                  />
                  {project}
                </label>
              ))}
            </fieldset>
          ) : null}
          <label>
            {t('expires')}
            <select className="field" value={days} onChange={(event) => setDays(event.target.value)}>
              {DAYS.map((each) => (
                <option key={each} value={each}>
                  {t('inDays', { count: each })}
                </option>
              ))}
              <option value="">{t('neverExpires')}</option>
            </select>
          </label>
          {error ? <Failure error={error} /> : null}
          <footer>
            <button type="button" className="button" onClick={() => setOpen(false)}>
              {ui('cancel')}
            </button>
            <button type="submit" className="button primary" disabled={busy || scopes.length === 0}>
              {t('create')}
            </button>
          </footer>
        </form>
      </Dialog>
      <TokenSecret made={made} close={() => setMade(undefined)} />
    </>
  )
}
