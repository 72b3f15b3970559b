import './ui/tokens.css'
import './ui/ui.css'
import './pages/shell.css'
import './lib/i18n.ts'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { IntlProvider } from 'use-intl'
import { Problem } from './lib/http.ts'
import { usePreferences } from './lib/preferences.ts'
import { en } from './messages/en.ts'
import { ja } from './messages/ja.ts'
import { router } from './pages/router.tsx'

// The stream says when something changed, so nothing grows stale by itself.
const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => error instanceof Problem && (error.status === 0 || error.status >= 500) && count < 3,
    },
  },
})

function App() {
  const { language } = usePreferences()
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  return (
    <IntlProvider locale={language} messages={language === 'ja' ? ja : en}>
      <RouterProvider router={router} />
    </IntlProvider>
  )
}

const place = document.getElementById('root')
if (place) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  )
}
