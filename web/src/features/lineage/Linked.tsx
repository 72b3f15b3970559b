import { kindOf, ThingLink } from './ThingLink.tsx'

const ID = /\b([a-z]{2,5}_[0-9a-z]{26})\b/

/** A text in which every id is a link to its thing. */
export function Linked({ text }: { text: string }) {
  return <span className="prose">{text.split(ID).map((part, index) => (index % 2 ? <ThingLink key={index} kind={kindOf(part)} id={part} /> : part))}</span>
}
