import { Store, useSelector } from '@tanstack/react-store'

/** What one reader prefers on this browser; never part of a link. */
export type Preferences = { language: 'ja' | 'en'; sidebar: 'wide' | 'narrow'; project: string }

const KEY = 'meguri'
const preferences = new Store<Preferences>(read())

function read(): Preferences {
  const kept = new URLSearchParams(localStorage.getItem(KEY) ?? '')
  const language = kept.get('language') ?? (navigator.language.startsWith('ja') ? 'ja' : 'en')
  return {
    language: language === 'ja' ? 'ja' : 'en',
    sidebar: kept.get('sidebar') === 'narrow' ? 'narrow' : 'wide',
    project: kept.get('project') ?? '',
  }
}

export function setPreference(change: Partial<Preferences>): void {
  preferences.setState((former) => ({ ...former, ...change }))
  localStorage.setItem(KEY, new URLSearchParams(preferences.get()).toString())
}

export function usePreferences(): Preferences {
  return useSelector(preferences)
}
