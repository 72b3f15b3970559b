// Runs before the first paint, so that a dark page never flashes white. Served as immutable: a change raises the number in its name.
{
  const chosen = localStorage.getItem('meguri-theme')
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-theme', dark ? 'dark' : 'light')
}
