import { shortId } from '../../lib/units.ts'
import { EntityLink } from '../lineage/EntityLink.tsx'
import { useProject } from '../projects/useProject.ts'
import { useVersions } from './useVersions.ts'

/** A model version by the name that people use: `bikes v7`. */
export function VersionLink({ id }: { id: string }) {
  const version = useVersions(useProject()).get(id)
  return (
    <EntityLink kind="model_version" id={id}>
      {version ? `${version.model} v${version.number}` : shortId(id)}
    </EntityLink>
  )
}
