import { getRouteApi } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { QuarantineList } from '../features/datasets/QuarantineList.tsx'
import { SnapshotList } from '../features/datasets/SnapshotList.tsx'
import { FeatureList } from '../features/features/FeatureList.tsx'
import { SourceList } from '../features/features/SourceList.tsx'
import { useApplied } from '../features/projects/useApplied.ts'
import { assertNever } from '../lib/assert.ts'
import { snippets } from '../lib/snippets.ts'
import { Skeleton } from '../ui/Skeleton.tsx'
import { Empty } from '../ui/Empty.tsx'
import { Page } from '../ui/Page.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { DATA_TABS } from '../lib/tabs.ts'

const route = getRouteApi('/p/$project/data')

/** Sources, snapshots, features and quarantined rows. */
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
  const applied = useApplied(project)
  if (applied === undefined) return <Skeleton rows={8} />
  if (!applied) return <Nothing tab={tab} />
  switch (tab) {
    case 'sources':
      return <SourceList project={project} />
    case 'snapshots':
      return (
        <SnapshotList project={project} dataset={search.dataset} choose={(dataset) => void navigate({ search: { ...search, dataset } })} />
      )
    case 'features':
      return <FeatureList project={project} />
    case 'quarantine':
      return <QuarantineList project={project} source={search.source} all={() => void navigate({ search: { tab: 'quarantine' } })} />
    default:
      return assertNever(tab)
  }
}

/** Before anything was applied: what each tab will contain, and the code for it. */
function Nothing({ tab }: { tab: (typeof DATA_TABS)[number] }) {
  const t = useTranslations('data')
  switch (tab) {
    case 'sources':
      return <Empty title={t('noSources')} text={t('noSourcesText')} code={`${snippets.source}\n\n${snippets.push}`} />
    case 'snapshots':
      return <Empty title={t('noSnapshots')} text={t('noSnapshotsText')} code={snippets.model} />
    case 'features':
      return <Empty title={t('noFeatures')} text={t('noFeaturesText')} code={snippets.features} />
    case 'quarantine':
      return <Empty title={t('noQuarantine')} text={t('noQuarantineText')} />
    default:
      return assertNever(tab)
  }
}
