import { getRouteApi, Navigate } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { LineageView, useKindName } from '../features/lineage/LineageView.tsx'
import { Id } from '../ui/Id.tsx'
import { Page } from '../ui/Page.tsx'
import { Choices } from '../ui/Tabs.tsx'

const route = getRouteApi('/p/$project/lineage/$kind/$id')

/** The lineage of one thing. */
export default function Lineage() {
  const t = useTranslations('lineage')
  const kindName = useKindName()
  const { project, kind, id } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  // Lineage starts at deployments, without an edge for every prediction: the page of a prediction shows that of its deployment.
  if (kind === 'prediction') return <Navigate to="/p/$project/predictions/$prediction" params={{ project, prediction: id }} replace />
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
          <Choices
            label={t('direction')}
            choices={[
              { id: 'up', label: t('up') },
              { id: 'both', label: t('both') },
              { id: 'down', label: t('down') },
            ]}
            chosen={search.direction ?? 'both'}
            choose={(direction) => void navigate({ search: { ...search, direction: direction === 'both' ? undefined : direction }, replace: true })}
          />
          <label className="quiet">
            {t('depth')}{' '}
            <select className="field" value={search.depth ?? 8} onChange={(event) => void navigate({ search: { ...search, depth: Number(event.target.value) }, replace: true })}>
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
