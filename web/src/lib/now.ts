import { Store, useSelector } from '@tanstack/react-store'

/** One clock for all relative times of a page, so that they change together. */
const now = new Store(Date.now())
setInterval(() => now.setState(() => Date.now()), 10_000)

/** Milliseconds since 1970, renewed every 10 s. */
export function useNow(): number {
  return useSelector(now)
}
