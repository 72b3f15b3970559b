import { Link } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { Icon } from '../../ui/Icon.tsx'
import { useProject } from '../projects/useProject.ts'

/** At the same place on every thing's page: its upstream and downstream. */
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
