import type { ReactNode } from 'react'
import { useEffect } from 'react'

/** One title line with its actions at the right, then the content to the edge. */
export function Page({ title, crumb, beside, actions, children }: { title: string; crumb?: ReactNode; beside?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · meguri`
  }, [title])
  return (
    <div className="page">
      <header className="page-title">
        {crumb ? <span className="crumb">{crumb} /</span> : null}
        <h1>{title}</h1>
        {beside}
        <div className="actions">{actions}</div>
      </header>
      {children}
    </div>
  )
}

export function Section({ title, actions, children }: { title?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      {title ? (
        <h2>
          {title}
          {actions ? <span className="heading actions">{actions}</span> : null}
        </h2>
      ) : null}
      {children}
    </section>
  )
}

/** Figures of a thing in one line: label above, value below. */
export function Strip({ items }: { items: { label: string; value: ReactNode; more?: ReactNode }[] }) {
  return (
    <div className="strip">
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

export function Facts({ items }: { items: ([string, ReactNode] | null)[] }) {
  return (
    <dl className="facts">
      {items
        .filter((item) => item !== null)
        .map(([label, value]) => (
          <FactRow key={label} label={label} value={value} />
        ))}
    </dl>
  )
}

function FactRow({ label, value }: { label: string; value: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value ?? '–'}</dd>
    </>
  )
}
