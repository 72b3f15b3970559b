import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { Problem } from '../../lib/http.ts'
import { unfollow } from '../../lib/live.ts'
import { useSession } from '../../lib/session.ts'
import { Failure } from '../../ui/Failure.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { signInWithCode, takeLoginCode } from './login.ts'
import { meQuery } from './queries.ts'
import { SignIn } from './SignIn.tsx'

/** Shows the pages to a reader whom the server knows, and to everybody else the sign-in page, at the same address. */
export function AccessGate({ children }: { children: ReactNode }) {
  const { secret, ended } = useSession()
  const client = useQueryClient()
  const { arriving, error } = useLoginCode()
  const me = useQuery({ ...meQuery(), enabled: !arriving })

  // Another reader must see nothing of what this one has loaded.
  const loadedBy = useRef(secret)
  useEffect(() => {
    if (loadedBy.current === secret) return
    loadedBy.current = secret
    unfollow()
    void client.resetQueries()
  }, [secret, client])

  const refused = me.error instanceof Problem && me.error.status === 401
  if (refused || ended !== null) return <SignIn arrival={error} refused={ended === 'refused'} />
  if (me.data) return children
  if (me.error)
    return (
      <main className="page">
        <Failure error={me.error} again={() => void me.refetch()} />
      </main>
    )
  return (
    <main className="page">
      <Skeleton rows={8} />
    </main>
  )
}

/** Signs in with the code of the address, once; also when such an address is opened in this tab later. */
function useLoginCode(): { arriving: boolean; error: Error | undefined } {
  const [code, setCode] = useState(ARRIVED)
  const [error, setError] = useState<Error>()
  useEffect(() => {
    const arrive = () => {
      const next = takeLoginCode()
      if (next !== null) setCode(next)
    }
    window.addEventListener('hashchange', arrive)
    return () => window.removeEventListener('hashchange', arrive)
  }, [])
  useEffect(() => {
    if (code === null) return
    once(code)
      .catch((raised: unknown) => setError(raised instanceof Error ? raised : new Error(String(raised))))
      .finally(() => setCode(null))
  }, [code])
  return { arriving: code !== null, error }
}

const ARRIVED = takeLoginCode()
const sent = new Map<string, Promise<void>>()

/** A code works once, and React runs effects twice in development. */
function once(code: string): Promise<void> {
  const running = sent.get(code) ?? signInWithCode(code)
  sent.set(code, running)
  return running
}
