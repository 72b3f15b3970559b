import { Code } from './Code.tsx'

/** An empty list teaches: what would be here, and the lines that put it there. */
export function Empty({ title, text, code }: { title: string; text: string; code?: string }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>{text}</p>
      {code ? <Code text={code} label={title} /> : null}
    </div>
  )
}

/** The place of a chart that has nothing to show yet. */
export function Waiting({ title, text }: { title: string; text: string }) {
  return (
    <>
      <h3 className="heading">{title}</h3>
      <p className="quiet">{text}</p>
    </>
  )
}
