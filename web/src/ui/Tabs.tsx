import { Link } from '@tanstack/react-router'
import type { Tab } from '../lib/tabs.ts'

/** Tabs of a page; which one is open is in the link (`?tab=`), so going back goes back. */
export function Tabs({ tabs, open, label }: { tabs: { id: Tab; label: string; count?: number | undefined }[]; open: Tab; label: string }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.id} to="." search={(former) => ({ ...former, tab: tab.id })} activeOptions={{ exact: true }} aria-current={tab.id === open ? 'page' : undefined}>
          {tab.label}
          {tab.count === undefined ? null : <span className="count">{tab.count.toLocaleString()}</span>}
        </Link>
      ))}
    </nav>
  )
}

/** One of a few choices, side by side. */
export function Choices<T extends string>({ choices, chosen, choose, label }: { choices: { id: T; label: string }[]; chosen: T; choose: (id: T) => void; label: string }) {
  return (
    <div className="choices" role="group" aria-label={label}>
      {choices.map((choice) => (
        <button key={choice.id} type="button" aria-pressed={choice.id === chosen} onClick={() => choose(choice.id)}>
          {choice.label}
        </button>
      ))}
    </div>
  )
}
