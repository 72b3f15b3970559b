import { getRouteApi } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { QuarantineList } from '../features/datasets/QuarantineList.tsx'
import { SnapshotList } from '../features/datasets/SnapshotList.tsx'
import { FeatureList } from '../features/features/FeatureList.tsx'
import { SourceList } from '../features/features/SourceList.tsx'
import { assertNever } from '../lib/assert.ts'
import { Page } from '../ui/Page.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { DATA_TABS } from '../lib/tabs.ts'

const route = getRouteApi('/p/$project/data')

/** What comes in, what was kept of it, what is computed from it, and what was put aside. */
export default function Data() {
  const t = useTranslations('data')
  const { tab } = route.useSearch()
  return (
    <Page title={t('title')}>
      <Tabs label={t('title')} tabs={DATA_TABS.map((id) => ({ id, label: t(`tabs.${id}`) }))} open={tab ?? 'sources'} />
      <Part tab={tab ?? 'sources'} />
    </Page>
  )
}

function Part({ tab }: { tab: (typeof DATA_TABS)[number] }) {
  const { project } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  switch (tab) {
    case 'sources':
      return <SourceList project={project} />
    case 'snapshots':
      return <SnapshotList project={project} dataset={search.dataset} choose={(dataset) => void navigate({ search: { ...search, dataset } })} />
    case 'features':
      return <FeatureList project={project} />
    case 'quarantine':
      return <QuarantineList project={project} source={search.source} all={() => void navigate({ search: { tab: 'quarantine' } })} />
    default:
      return assertNever(tab)
  }
}
