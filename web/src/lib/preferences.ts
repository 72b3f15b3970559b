import { useSyncExternalStore } from 'react'

/** What one reader prefers on this browser; never part of a link. */
export type Preferences = { language: 'ja' | 'en'; sidebar: 'wide' | 'narrow'; project: string }

const KEY = 'meguri'
const listeners = new Set<() => void>()
let now: Preferences = read()

function read(): Preferences {
  const kept = new URLSearchParams(localStorage.getItem(KEY) ?? '')
  const language = kept.get('language') ?? (navigator.language.startsWith('ja') ? 'ja' : 'en')
  return { language: language === 'ja' ? 'ja' : 'en', sidebar: kept.get('sidebar') === 'narrow' ? 'narrow' : 'wide', project: kept.get('project') ?? '' }
}

export function setPreference(change: Partial<Preferences>): void {
  now = { ...now, ...change }
  localStorage.setItem(KEY, new URLSearchParams(now).toString())
  for (const listener of listeners) listener()
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => now,
  )
}
