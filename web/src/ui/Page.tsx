import type { ReactNode } from 'react'
import { useEffect } from 'react'

/** One title line with its actions at the right, then the content to the edge. */
export function Page({
  title,
  crumb,
  beside,
  actions,
  children,
}: {
  title: string
  crumb?: ReactNode
  beside?: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
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
