import { getRouteApi, Navigate } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { targetOf } from '../features/lineage/target.ts'
import { useKindName } from '../lib/kinds.ts'
import { LineageView } from '../features/lineage/LineageView.tsx'
import { Id } from '../ui/Id.tsx'
import { Page } from '../ui/Page.tsx'
import { SegmentedControl } from '../ui/SegmentedControl.tsx'

const route = getRouteApi('/p/$project/lineage/$kind/$id')

/** The lineage of one entity. */
export default function Lineage() {
  const t = useTranslations('lineage')
  const kindName = useKindName()
  const { project, kind, id } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  // Lineage starts at deployments, without an edge for every prediction: the page of a prediction shows that of its deployment.
  if (kind === 'prediction') return <Navigate {...targetOf(project, kind, id)} replace />
  return (
    <Page
      title={t('title')}
      beside={
        <>
          <span className="quiet">{kindName(kind)}</span>
          <Id id={id} />
        </>
      }
      actions={
        <>
          <SegmentedControl
            label={t('direction')}
            options={[
              { id: 'up', label: t('up') },
              { id: 'both', label: t('both') },
              { id: 'down', label: t('down') },
            ]}
            value={search.direction ?? 'both'}
            onChange={(direction) =>
              void navigate({ search: { ...search, direction: direction === 'both' ? undefined : direction }, replace: true })
            }
          />
          <label className="quiet">
            {t('depth')}{' '}
            <select
              className="field"
              value={search.depth ?? 8}
              onChange={(event) => void navigate({ search: { ...search, depth: Number(event.target.value) }, replace: true })}
            >
              {[1, 2, 4, 8, 16, 64].map((depth) => (
                <option key={depth}>{depth}</option>
              ))}
            </select>
          </label>
        </>
      }
    >
      <LineageView kind={kind} id={id} direction={search.direction ?? 'both'} depth={search.depth ?? 8} height="calc(100vh - 110px)" />
    </Page>
  )
}
