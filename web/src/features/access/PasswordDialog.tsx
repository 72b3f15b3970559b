import { useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { User } from '../../api/types.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Failure } from '../../ui/Failure.tsx'

/** Gives a user another password; the user's sessions end. */
export function PasswordDialog({ user, close }: { user: User | undefined; close: () => void }) {
  const t = useTranslations('access')
  const ui = useTranslations('ui')
  const client = useQueryClient()
  const [password, setPassword] = useState('')
  const [error, setError] = useState<Error>()
  const leave = () => {
    setPassword('')
    setError(undefined)
    close()
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!user) return
    try {
      await change('patch', '/api/v1/users/{user}', { user: user.name }, { password })
      await client.invalidateQueries({ queryKey: keys.all('users') })
      leave()
    } catch (raised) {
      setError(raised instanceof Error ? raised : new Error(String(raised)))
    }
  }
  return (
    <Dialog
      open={user !== undefined}
      onOpenChange={(open) => (open ? undefined : leave())}
      title={t('resetPasswordTitle', { name: user?.name ?? '' })}
      text={t('resetPasswordText')}
    >
      <form className="form" onSubmit={(event) => void submit(event)}>
        <label>
          {t('newPassword')}
          <input
            className="field"
            type="password"
            autoComplete="new-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        {error ? <Failure error={error} /> : null}
        <footer>
          <button type="button" className="button" onClick={leave}>
            {ui('cancel')}
          </button>
          <button type="submit" className="button primary">
            {t('resetPassword')}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
