import { useQueries, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import type { Model } from '../api/types.ts'
import { PromotionList } from '../features/delivery/PromotionParts.tsx'
import { ThingLink } from '../features/lineage/ThingLink.tsx'
import { modelQuery, modelsQuery } from '../features/registry/queries.ts'
import { VersionLink } from '../features/registry/VersionLink.tsx'
import { snippets } from '../lib/snippets.ts'
import { showCount } from '../lib/units.ts'
import { Answer, Empty } from '../ui/Answer.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { Spark } from '../ui/Spark.tsx'
import { Table } from '../ui/Table.tsx'
import { WallTime } from '../ui/Time.tsx'

const route = getRouteApi('/p/$project/models')

/** Registered models, and below them what the gate judged of late. */
export default function Models() {
  const t = useTranslations('models')
  const locale = useLocale()
  const navigate = useNavigate()
  const { project } = route.useParams()
  const models = useQuery(modelsQuery(project))
  const pages = useQueries({ queries: (models.data?.items ?? []).map((model) => modelQuery(project, model.name)) })
  const trend = (name: string) => {
    const versions = pages.find((page) => page.data?.name === name)?.data?.versions ?? []
    const metric = Object.keys(versions[0]?.metrics ?? {})[0]
    return metric ? versions.map((version) => version.metrics[metric] ?? null).reverse() : []
  }
  return (
    <Page title={t('title')}>
      <Answer of={models}>
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
                  { id: 'name', head: t('model'), width: 200, cell: (model) => <ThingLink kind="model" id={model.name}>{model.name}</ThingLink> },
                  { id: 'champion', head: t('champion'), width: 160, cell: (model) => (model.aliases.champion ? <VersionLink id={model.aliases.champion} /> : '–') },
                  { id: 'challenger', head: t('challenger'), width: 160, cell: (model) => (model.aliases.challenger ? <VersionLink id={model.aliases.challenger} /> : '–') },
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
      </Answer>
    </Page>
  )
}
