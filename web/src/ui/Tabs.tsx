import { Link } from '@tanstack/react-router'
import { useLocale } from 'use-intl'
import type { Tab } from '../lib/tabs.ts'
import { showCount } from '../lib/units.ts'

/** Tabs of a page; which one is open is in the link (`?tab=`), so going back goes back. */
export function Tabs({ tabs, open, label }: { tabs: { id: Tab; label: string; count?: number | undefined }[]; open: Tab; label: string }) {
  const locale = useLocale()
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link
          key={tab.id}
          to="."
          search={(former) => ({ ...former, tab: tab.id })}
          activeOptions={{ exact: true }}
          aria-current={tab.id === open ? 'page' : undefined}
        >
          {tab.label}
          {tab.count === undefined ? null : <span className="count">{showCount(tab.count, locale)}</span>}
        </Link>
      ))}
    </nav>
  )
}
