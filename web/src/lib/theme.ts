import { useSyncExternalStore } from 'react'

/** Light or dark; `theme.js` set it before the first paint from the same key. */
export type Theme = 'light' | 'dark'

const KEY = 'meguri-theme'
const listeners = new Set<() => void>()

export function themeNow(): Theme {
  return document.documentElement.getAttribute('data-theme') === 'dark' ? 'dark' : 'light'
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme)
  apply(theme)
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, themeNow)
}

/** The value of a token in the theme of now, for canvases, which know no CSS. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

function apply(theme: Theme): void {
  document.documentElement.setAttribute('data-theme', theme)
  for (const listener of listeners) listener()
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (query) => {
  if (!localStorage.getItem(KEY)) apply(query.matches ? 'dark' : 'light')
})
