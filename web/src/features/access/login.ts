import { change } from '../../api/client.ts'
import { Problem } from '../../lib/http.ts'
import { beginSession, endSession } from '../../lib/session.ts'

/** Raises Problem. */
export async function signInWithPassword(user: string, password: string): Promise<void> {
  beginSession((await change('post', '/api/v1/login', {}, { user, password })).secret)
}

/** Raises Problem: the code was used, or has expired. */
export async function signInWithCode(code: string): Promise<void> {
  beginSession((await change('post', '/api/v1/login', {}, { code })).secret)
}

/** End the session at the server, and forget it here even if the server does not answer. */
export async function signOut(): Promise<void> {
  try {
    await change('post', '/api/v1/logout', {})
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  } finally {
    endSession('signed-out')
  }
}

/** The one-time code of an address that ends in `#login=CODE`. It is taken out of the address, so that it is neither kept nor shared. */
export function takeLoginCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('login')
  if (code !== null) history.replaceState(history.state, '', `${location.pathname}${location.search}`)
  return code
}
