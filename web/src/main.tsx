import './ui/tokens.css'
import './ui/ui.css'
import './pages/shell.css'
import './lib/i18n.ts'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { IntlProvider } from 'use-intl'
import { AccessGate } from './features/access/AccessGate.tsx'
import { Problem } from './lib/http.ts'
import { usePreferences } from './lib/preferences.ts'
import { en } from './messages/en.ts'
import { ja } from './messages/ja.ts'
import { router } from './pages/router.tsx'
import { TipProvider } from './ui/Tip.tsx'

// The event stream makes stale what has changed.
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
      <TipProvider>
        <AccessGate>
          <RouterProvider router={router} />
        </AccessGate>
      </TipProvider>
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
