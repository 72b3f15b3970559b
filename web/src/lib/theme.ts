import { Store, useSelector } from '@tanstack/react-store'

/** Light or dark; `theme-1.js` sets it before the first paint from the same key. */
export type Theme = 'light' | 'dark'

const KEY = 'meguri-theme'
const theme = new Store<Theme>(document.documentElement.getAttribute('data-theme') === 'dark' ? 'dark' : 'light')

export function setTheme(chosen: Theme): void {
  localStorage.setItem(KEY, chosen)
  apply(chosen)
}

export function useTheme(): Theme {
  return useSelector(theme)
}

/** The value of a CSS variable in the current theme, for canvases, which do not read CSS. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

function apply(next: Theme): void {
  document.documentElement.setAttribute('data-theme', next)
  theme.setState(() => next)
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (query) => {
  if (!localStorage.getItem(KEY)) apply(query.matches ? 'dark' : 'light')
})
