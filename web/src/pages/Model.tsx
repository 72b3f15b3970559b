import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { AliasMove, ModelDetails, VersionSummary } from '../api/types.ts'
import { PromotionList } from '../features/delivery/PromotionList.tsx'
import { Reason } from '../features/history/Reason.tsx'
import { LineageLink } from '../features/lineage/LineageLink.tsx'
import { LineageView } from '../features/lineage/LineageView.tsx'
import { EntityLink } from '../features/lineage/EntityLink.tsx'
import { Aliases } from '../features/registry/Aliases.tsx'
import { aliasMovesQuery, modelQuery, versionsQuery } from '../features/registry/queries.ts'
import { VersionLink } from '../features/registry/VersionLink.tsx'
import { assertNever } from '../lib/assert.ts'
import { showBytes, showCount, showNumber } from '../lib/units.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { Id } from '../ui/Id.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { Empty } from '../ui/Empty.tsx'
import { PagedTable } from '../ui/PagedTable.tsx'
import type { Column } from '../ui/Table.tsx'
import { snippets } from '../lib/snippets.ts'
import { Tabs } from '../ui/Tabs.tsx'
import { EventTime, WallTime } from '../ui/Time.tsx'
import { MODEL_TABS } from '../lib/tabs.ts'

const route = getRouteApi('/p/$project/models/$model')

/** One model: its versions, the history of its aliases, its promotions. */
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
      actions={found.data ? <LineageLink kind="model" id={found.data.id} /> : null}
    >
      <Tabs
        label={model}
        tabs={MODEL_TABS.map((id) => ({ id, label: t(`tabs.${id}`), count: id === 'versions' ? found.data?.versions : undefined }))}
        open={tab ?? 'versions'}
      />
      <QueryBoundary of={found}>{(data) => <Part model={data} tab={tab ?? 'versions'} />}</QueryBoundary>
    </Page>
  )
}

function Part({ model, tab }: { model: ModelDetails; tab: (typeof MODEL_TABS)[number] }) {
  switch (tab) {
    case 'versions':
      return (
        <>
          <Versions model={model} />
          <AliasMoves model={model} />
        </>
      )
    case 'promotions':
      return <PromotionList project={model.project} model={model.name} />
    case 'lineage':
      return <LineageView kind="model" id={model.id} direction="both" depth={8} />
    default:
      return assertNever(tab)
  }
}

const METRICS_SHOWN = 4

function Versions({ model }: { model: ModelDetails }) {
  const t = useTranslations('models')
  const locale = useLocale()
  const navigate = useNavigate()
  const versions = useInfiniteQuery(versionsQuery(model.project, model.name))
  const metrics = useMemo(
    () => [...new Set(versions.data?.pages.flatMap((page) => page.items).flatMap((version) => Object.keys(version.metrics)))],
    [versions.data],
  )
  return (
    <PagedTable<VersionSummary>
      of={versions}
      empty={<Empty title={t('empty')} text={t('emptyText')} code={snippets.model} />}
      label={t('versions')}
      keyOf={(version) => version.id}
      height={440}
      layout={`versions ${model.project}/${model.name}`}
      hidden={metrics.slice(METRICS_SHOWN).map((name) => `metric ${name}`)}
      open={(version) =>
        void navigate({ to: '/p/$project/model-versions/$version', params: { project: model.project, version: version.id } })
      }
      columns={[
        {
          id: 'number',
          head: t('version'),
          width: 140,
          cell: (version) => <EntityLink kind="model_version" id={version.id}>{`${version.model} v${version.number}`}</EntityLink>,
        },
        { id: 'aliases', head: t('aliases'), width: 190, cell: (version) => <Aliases of={version.aliases} /> },
        ...metrics.map((name): Column<VersionSummary> => ({
          id: `metric ${name}`,
          head: name,
          right: true,
          width: 100,
          cell: (version) => showNumber(version.metrics[name], locale),
        })),
        { id: 'cutoff', head: t('cutoff'), right: true, width: 150, cell: (version) => <EventTime at={version.cutoff} /> },
        { id: 'rows', head: t('rows'), right: true, width: 90, cell: (version) => showCount(version.rows, locale) },
        { id: 'format', head: t('format'), width: 90, cell: (version) => <span className="quiet">{version.format}</span> },
        { id: 'size', head: t('size'), right: true, width: 90, cell: (version) => showBytes(version.size) },
        {
          id: 'run',
          head: t('pipelineRun'),
          width: 140,
          cell: (version) => (version.pipeline_run ? <EntityLink kind="pipeline_run" id={version.pipeline_run} /> : '–'),
        },
        { id: 'created', head: t('created'), right: true, cell: (version) => <WallTime at={version.created_at} /> },
      ]}
    />
  )
}

function AliasMoves({ model }: { model: ModelDetails }) {
  const t = useTranslations('models')
  const moves = useInfiniteQuery(aliasMovesQuery(model.project, model.name))
  return (
    <Section title={t('moves')}>
      <PagedTable<AliasMove>
        of={moves}
        empty={<p className="quiet">–</p>}
        label={t('moves')}
        keyOf={(move) => `${move.alias} ${move.at}`}
        height={300}
        columns={[
          { id: 'alias', head: t('alias'), width: 130, cell: (move) => <Aliases of={[move.alias]} /> },
          {
            id: 'version',
            head: t('version'),
            width: 140,
            cell: (move) => (move.version ? <VersionLink id={move.version} /> : t('removed')),
          },
          { id: 'former', head: t('former'), width: 140, cell: (move) => (move.former ? <VersionLink id={move.former} /> : '–') },
          { id: 'reason', head: t('reason'), cell: (move) => <Reason text={move.reason} /> },
          { id: 'at', head: t('moved'), right: true, width: 120, cell: (move) => <WallTime at={move.at} /> },
        ]}
      />
    </Section>
  )
}
