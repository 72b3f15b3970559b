import { Link } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { Icon } from '../../ui/Icon.tsx'
import { useProject } from '../projects/useProject.ts'

/** A link to the upstream and downstream of an entity, at the same place on every page. */
export function LineageLink({ kind, id }: { kind: string; id: string }) {
  const t = useTranslations('nav')
  const project = useProject()
  return (
    <Link className="button" to="/p/$project/lineage/$kind/$id" params={{ project, kind, id }}>
      <Icon name="lineage" size={14} />
      {t('lineage')}
    </Link>
  )
}
