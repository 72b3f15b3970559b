import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import type { Model } from '../api/types.ts'
import { PromotionList } from '../features/delivery/PromotionList.tsx'
import { EntityLink } from '../features/lineage/EntityLink.tsx'
import { modelsQuery } from '../features/registry/queries.ts'
import { useVersions } from '../features/registry/useVersions.ts'
import { VersionLink } from '../features/registry/VersionLink.tsx'
import { snippets } from '../lib/snippets.ts'
import { showCount } from '../lib/units.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { Empty } from '../ui/Empty.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { Spark } from '../ui/Spark.tsx'
import { Table } from '../ui/Table.tsx'
import { WallTime } from '../ui/Time.tsx'

const route = getRouteApi('/p/$project/models')

/** Registered models, and below them the newest promotions. */
export default function Models() {
  const t = useTranslations('models')
  const locale = useLocale()
  const navigate = useNavigate()
  const { project } = route.useParams()
  const models = useQuery(modelsQuery(project))
  const versions = useVersions(project)
  const trend = (name: string) => {
    const own = [...versions.values()].filter((version) => version.model === name).sort((one, other) => one.number - other.number)
    const metric = Object.keys(own.at(-1)?.metrics ?? {})[0]
    return metric ? own.map((version) => version.metrics[metric] ?? null) : []
  }
  return (
    <Page title={t('title')}>
      <QueryBoundary of={models}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('empty')} text={t('emptyText')} code={`${snippets.pipeline}\n\n# ${snippets.model.replaceAll('\n', '\n# ')}`} />
          ) : (
            <>
              <Table<Model>
                label={t('title')}
                rows={items}
                keyOf={(model) => model.id}
                open={(model) => void navigate({ to: '/p/$project/models/$model', params: { project, model: model.name } })}
                columns={[
                  {
                    id: 'name',
                    head: t('model'),
                    width: 200,
                    cell: (model) => (
                      <EntityLink kind="model" id={model.name}>
                        {model.name}
                      </EntityLink>
                    ),
                  },
                  {
                    id: 'champion',
                    head: t('champion'),
                    width: 160,
                    cell: (model) => (model.aliases.champion ? <VersionLink id={model.aliases.champion} /> : '–'),
                  },
                  {
                    id: 'challenger',
                    head: t('challenger'),
                    width: 160,
                    cell: (model) => (model.aliases.challenger ? <VersionLink id={model.aliases.challenger} /> : '–'),
                  },
                  { id: 'versions', head: t('versions'), right: true, width: 110, cell: (model) => showCount(model.versions, locale) },
                  { id: 'trend', head: t('trend'), width: 120, cell: (model) => <Spark values={trend(model.name)} label={t('trend')} /> },
                  { id: 'id', head: 'id', cell: (model) => <span className="mono quiet">{model.id}</span> },
                  { id: 'created', head: t('created'), right: true, width: 120, cell: (model) => <WallTime at={model.created_at} /> },
                ]}
              />
              <Section title={t('promotions')}>
                <PromotionList project={project} />
              </Section>
            </>
          )
        }
      </QueryBoundary>
    </Page>
  )
}
