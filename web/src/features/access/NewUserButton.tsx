import { useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Failure } from '../../ui/Failure.tsx'

/** Adds a user; without a password the user signs in with a one-time code. */
export function NewUserButton() {
  const t = useTranslations('access')
  const ui = useTranslations('ui')
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [isAdmin, setIsAdmin] = useState(false)
  const [error, setError] = useState<Error>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setError(undefined)
    try {
      await change('post', '/api/v1/users', {}, { name: name.trim(), password: password || null, is_admin: isAdmin })
      await client.invalidateQueries({ queryKey: keys.all('users') })
      setOpen(false)
      setName('')
      setPassword('')
      setIsAdmin(false)
    } catch (raised) {
      setError(raised instanceof Error ? raised : new Error(String(raised)))
    }
  }
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {t('newUser')}
      </button>
      <Dialog open={open} onOpenChange={setOpen} title={t('newUser')} text={t('newUserText')}>
        <form className="form" onSubmit={(event) => void submit(event)}>
          <label>
            {t('user')}
            <input
              className="field"
              required
              maxLength={64}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <label>
            {t('passwordOptional')}
            <input
              className="field"
              type="password"
              autoComplete="new-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </label>
          <label className="check">
            <input type="checkbox" checked={isAdmin} onChange={(event) => setIsAdmin(event.target.checked)} />
            {t('administrator')}
          </label>
          {error ? <Failure error={error} /> : null}
          <footer>
            <button type="button" className="button" onClick={() => setOpen(false)}>
              {ui('cancel')}
            </button>
            <button type="submit" className="button primary">
              {t('create')}
            </button>
          </footer>
        </form>
      </Dialog>
    </>
  )
}
