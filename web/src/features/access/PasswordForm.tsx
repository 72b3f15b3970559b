import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { Failure } from '../../ui/Failure.tsx'

/** Sets or replaces the reader's own password. */
export function PasswordForm({ hasPassword }: { hasPassword: boolean }) {
  const t = useTranslations('access')
  const [current, setCurrent] = useState('')
  const [chosen, setChosen] = useState('')
  const saved = useMutation({
    mutationFn: () => change('put', '/api/v1/me/password', {}, { current, new: chosen }),
    onSuccess: () => {
      setCurrent('')
      setChosen('')
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saved.mutate()
  }
  return (
    <form className="form" style={{ maxWidth: 320 }} onSubmit={submit}>
      {hasPassword ? (
        <label>
          {t('currentPassword')}
          <input
            className="field"
            type="password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </label>
      ) : null}
      <label>
        {t('newPassword')}
        <input
          className="field"
          type="password"
          autoComplete="new-password"
          required
          value={chosen}
          onChange={(event) => setChosen(event.target.value)}
        />
      </label>
      {saved.error ? <Failure error={saved.error} /> : null}
      {saved.isSuccess ? (
        <p className="quiet" role="status">
          {t('passwordSaved')}
        </p>
      ) : null}
      <div>
        <button type="submit" className="button" disabled={saved.isPending}>
          {t('setPassword')}
        </button>
      </div>
    </form>
  )
}
