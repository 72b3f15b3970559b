import { Store, useSelector } from '@tanstack/react-store'

/**
 * The secret of this browser's session. It is kept in the local storage, which belongs to one scheme, host and port, and is sent as an
 * `Authorization` header; there is no cookie that another page on this host could use.
 */
export type Session = {
  secret: string | null
  /** Why there is no session any more; null before a first sign-in. */
  ended: 'signed-out' | 'refused' | null
}

/** Two servers behind one reverse proxy have different paths, so the key carries it. */
const KEY = `meguri-session:${new URL(document.baseURI).pathname}`

export const session = new Store<Session>({ secret: localStorage.getItem(KEY), ended: null })

export function beginSession(secret: string): void {
  localStorage.setItem(KEY, secret)
  session.setState(() => ({ secret, ended: null }))
}

/** Forget the secret. `refused`: the server did not accept it. */
export function endSession(ended: 'signed-out' | 'refused'): void {
  localStorage.removeItem(KEY)
  session.setState(() => ({ secret: null, ended }))
}

export function useSession(): Session {
  return useSelector(session)
}

export function authorization(): Record<string, string> {
  const { secret } = session.get()
  return secret ? { authorization: `Bearer ${secret}` } : {}
}

// Another tab of the same address signed in or out.
window.addEventListener('storage', (event) => {
  if (event.key !== KEY) return
  session.setState(() => (event.newValue ? { secret: event.newValue, ended: null } : { secret: null, ended: 'signed-out' }))
})
