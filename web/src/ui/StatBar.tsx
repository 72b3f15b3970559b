import type { ReactNode } from 'react'

/** The figures of an entity in one line: label above, value below. */
export function StatBar({ items }: { items: { label: string; value: ReactNode; more?: ReactNode }[] }) {
  return (
    <div className="stats">
      {items.map((item) => (
        <div key={item.label}>
          <span className="label">{item.label}</span>
          <span className="value">
            {item.value}
            {item.more ? <small> {item.more}</small> : null}
          </span>
        </div>
      ))}
    </div>
  )
}
