import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { AliasMove, ModelPage, VersionSummary } from '../api/types.ts'
import { PromotionList } from '../features/delivery/PromotionParts.tsx'
import { Reason } from '../features/history/Reason.tsx'
import { LineageLink } from '../features/lineage/LineageLink.tsx'
import { LineageView } from '../features/lineage/LineageView.tsx'
import { ThingLink } from '../features/lineage/ThingLink.tsx'
import { Aliases } from '../features/registry/Aliases.tsx'
import { modelQuery } from '../features/registry/queries.ts'
import { VersionLink } from '../features/registry/VersionLink.tsx'
import { assertNever } from '../lib/assert.ts'
import { showBytes, showCount, showNumber } from '../lib/units.ts'
import { Answer } from '../ui/Answer.tsx'
import { Id } from '../ui/Id.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { Table, type Column } from '../ui/Table.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { EventTime, WallTime } from '../ui/Time.tsx'
import { MODEL_TABS } from '../lib/tabs.ts'

const route = getRouteApi('/p/$project/models/$model')

/** One model: its versions, what its aliases mean and meant, and what the gate said of each. */
export default function Model() {
  const t = useTranslations('models')
  const { project, model } = route.useParams()
  const { tab } = route.useSearch()
  const found = useQuery(modelQuery(project, model))
  return (
    <Page
      title={model}
      crumb={
        <Link to="/p/$project/models" params={{ project }}>
          {t('title')}
        </Link>
      }
      beside={<Id id={found.data?.id} />}
      actions={<LineageLink kind="model" id={found.data?.id ?? model} />}
    >
      <Tabs label={model} tabs={MODEL_TABS.map((id) => ({ id, label: t(`tabs.${id}`), count: id === 'versions' ? found.data?.versions.length : undefined }))} open={tab ?? 'versions'} />
      <Answer of={found}>{(page) => <Part page={page} tab={tab ?? 'versions'} />}</Answer>
    </Page>
  )
}

function Part({ page, tab }: { page: ModelPage; tab: (typeof MODEL_TABS)[number] }) {
  switch (tab) {
    case 'versions':
      return <Versions page={page} />
    case 'promotions':
      return <PromotionList project={page.project} model={page.name} />
    case 'lineage': {
      const shown = page.aliases.champion ?? page.versions[0]?.id
      return shown ? <LineageView kind="model_version" id={shown} direction="both" depth={8} /> : null
    }
    default:
      return assertNever(tab)
  }
}

function Versions({ page }: { page: ModelPage }) {
  const t = useTranslations('models')
  const locale = useLocale()
  const navigate = useNavigate()
  const metrics = useMemo(() => [...new Set(page.versions.flatMap((version) => Object.keys(version.metrics)))].slice(0, 4), [page.versions])
  const columns: Column<VersionSummary>[] = [
    { id: 'number', head: t('version'), width: 130, cell: (version) => <ThingLink kind="model_version" id={version.id}>{`${version.model} v${version.number}`}</ThingLink> },
    { id: 'aliases', head: t('aliases'), width: 190, cell: (version) => <Aliases of={version.aliases} /> },
    ...metrics.map((name): Column<VersionSummary> => ({ id: `metric ${name}`, head: <span title={name}>{name}</span>, right: true, width: 96, cell: (version) => showNumber(version.metrics[name], locale) })),
    { id: 'cutoff', head: t('cutoff'), right: true, width: 150, cell: (version) => <EventTime at={version.cutoff} /> },
    { id: 'rows', head: t('rows'), right: true, width: 90, cell: (version) => showCount(version.rows, locale) },
    { id: 'format', head: t('format'), width: 90, cell: (version) => <span className="quiet">{version.format}</span> },
    { id: 'size', head: t('size'), right: true, width: 90, cell: (version) => showBytes(version.size) },
    { id: 'run', head: t('pipelineRun'), width: 130, cell: (version) => (version.pipeline_run ? <ThingLink kind="pipeline_run" id={version.pipeline_run} /> : '–') },
    { id: 'created', head: t('created'), right: true, cell: (version) => <WallTime at={version.created_at} /> },
  ]
  return (
    <>
      <Table label={t('versions')} rows={page.versions} keyOf={(version) => version.id} columns={columns} height={page.moves.length ? 440 : 'calc(100vh - 150px)'} open={(version) => void navigate({ to: '/p/$project/model-versions/$version', params: { project: page.project, version: version.id } })} />
      {page.moves.length ? (
        <Section title={t('moves')}>
          <Table<AliasMove>
            label={t('moves')}
            rows={[...page.moves].sort((one, other) => other.at.localeCompare(one.at))}
            keyOf={(move) => `${move.alias} ${move.at}`}
            height={300}
            columns={[
              { id: 'alias', head: t('alias'), width: 130, cell: (move) => <Aliases of={[move.alias]} /> },
              { id: 'version', head: t('version'), width: 130, cell: (move) => (move.version ? <VersionLink id={move.version} /> : t('removed')) },
              { id: 'former', head: t('former'), width: 130, cell: (move) => (move.former ? <VersionLink id={move.former} /> : '–') },
              { id: 'reason', head: t('reason'), cell: (move) => <Reason text={move.reason} /> },
              { id: 'at', head: t('moved'), right: true, width: 120, cell: (move) => <WallTime at={move.at} /> },
            ]}
          />
        </Section>
      ) : null}
    </>
  )
}
