import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { shortId } from '../../lib/units.ts'
import { useProject } from '../projects/useProject.ts'
import { targetOf } from './target.ts'

/** A link to the page of an entity of the project; `id` as `targetOf` takes it. */
export function EntityLink({ kind, id, children }: { kind: string; id: string; children?: ReactNode }) {
  const project = useProject()
  return (
    <Link className="name" {...targetOf(project, kind, id)}>
      {children ?? shortId(id)}
    </Link>
  )
}
