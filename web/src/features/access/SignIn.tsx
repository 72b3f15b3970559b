import { useState, type FormEvent } from 'react'
import { useTranslations } from 'use-intl'
import { Problem } from '../../lib/http.ts'
import { setPreference, usePreferences } from '../../lib/preferences.ts'
import { Code } from '../../ui/Code.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { signInWithPassword } from './login.ts'

/** The sign-in page. `arrival`: why the code of the address was not accepted; `refused`: the session has ended. */
export function SignIn({ arrival, refused }: { arrival: Error | undefined; refused: boolean }) {
  const t = useTranslations('access')
  const frame = useTranslations('frame')
  const { language } = usePreferences()
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await signInWithPassword(user.trim(), password)
    } catch (raised) {
      setError(raised instanceof Error ? raised : new Error(String(raised)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <main className="sign-in">
      <h1>
        <Icon name="home" size={22} /> meguri
      </h1>
      {refused && !error && !arrival ? (
        <p className="notice" role="status">
          {t('sessionEnded')}
        </p>
      ) : null}
      {arrival && !error ? <Refusal error={arrival} text={t('codeRefused')} /> : null}
      <section>
        <h2>{t('withCode')}</h2>
        <p className="quiet">{t('withCodeText')}</p>
        <Code text="meguri login" label="meguri login" />
      </section>
      <section>
        <h2>{t('withPassword')}</h2>
        <form onSubmit={(event) => void submit(event)}>
          <label>
            {t('user')}
            <input className="field" autoComplete="username" required value={user} onChange={(event) => setUser(event.target.value)} />
          </label>
          <label>
            {t('password')}
            <input
              className="field"
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </label>
          {error ? <Refusal error={error} text={t('passwordRefused')} /> : null}
          <button type="submit" className="button primary" disabled={busy}>
            {t('signIn')}
          </button>
        </form>
      </section>
      <button
        type="button"
        className="button bare"
        onClick={() => setPreference({ language: language === 'ja' ? 'en' : 'ja' })}
        lang={language === 'ja' ? 'en' : 'ja'}
      >
        {frame('language')}
      </button>
    </main>
  )
}

/** Why a sign-in failed; `text`: the words for a wrong code or password. */
function Refusal({ error, text }: { error: Error; text: string }) {
  if (!(error instanceof Problem && error.code === 'Unauthenticated')) return <Failure error={error} />
  return (
    <div className="failure" role="alert">
      <Icon name="warn" />
      <span>{text}</span>
    </div>
  )
}
