import { EntityLink } from './EntityLink.tsx'
import { kindOf } from './target.ts'

const ID = /\b([a-z]{2,5}_[0-9a-z]{26})\b/
/** Kinds whose pages are found by id. */
const BY_ID = ['run', 'pipeline_run', 'model_version', 'promotion', 'snapshot', 'deployment', 'alert']

/** A text in which every id that has a page is a link to it. */
export function Linked({ text }: { text: string }) {
  return (
    <span className="prose">
      {text.split(ID).map((part, index) => {
        const kind = index % 2 ? kindOf(part) : undefined
        return kind && BY_ID.includes(kind) ? <EntityLink key={index} kind={kind} id={part} /> : part
      })}
    </span>
  )
}
