import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { FeatureDefinition, FeatureServiceDefinition, FeatureViewDefinition } from '../../api/types.ts'
import { snippets } from '../../lib/snippets.ts'
import { QueryBoundary } from '../../ui/QueryBoundary.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { compactDuration } from '../../lib/time.ts'
import { Code } from '../../ui/Code.tsx'
import { DescriptionList } from '../../ui/DescriptionList.tsx'
import { Section } from '../../ui/Page.tsx'
import { EntityLink } from '../lineage/EntityLink.tsx'
import { servicesQuery, viewsQuery } from './queries.ts'

/** Feature views and services as the code that declares them. */
export function FeatureList({ project }: { project: string }) {
  const t = useTranslations('data')
  const views = useQuery(viewsQuery(project))
  const services = useQuery(servicesQuery(project))
  return (
    <QueryBoundary of={views}>
      {({ items }) =>
        items.length === 0 && services.data?.items.length === 0 ? (
          <Empty title={t('noFeatures')} text={t('noFeaturesText')} code={snippets.features} />
        ) : (
          <div className="columns">
            <div>
              {items.map(({ view, services: users }) => (
                <Section
                  key={view.name}
                  title={
                    <>
                      {view.name} <span className="quiet">{t('view')}</span>
                    </>
                  }
                >
                  <DescriptionList
                    items={[
                      [t('source'), view.source],
                      [t('usedBy'), users.join(', ') || '–'],
                      view.description ? [t('about'), view.description] : null,
                    ]}
                  />
                  <div style={{ marginTop: 6 }}>
                    <Code text={viewCode(view)} label={view.name} />
                  </div>
                </Section>
              ))}
            </div>
            <div>
              <QueryBoundary of={services}>
                {({ items: found }) =>
                  found.map(({ service, inputs, endpoints }) => (
                    <Section
                      key={service.name}
                      title={
                        <>
                          {service.name} <span className="quiet">{t('service')}</span>
                        </>
                      }
                    >
                      <DescriptionList
                        items={[
                          [t('label'), <code key="label">{service.label}</code>],
                          [
                            t('inputs'),
                            <span key="inputs" className="mono">
                              {inputs.join(', ')}
                            </span>,
                          ],
                          [
                            t('usedBy'),
                            endpoints.length
                              ? endpoints.map((name) => (
                                  <EntityLink key={name} kind="endpoint" id={name}>
                                    {name}
                                  </EntityLink>
                                ))
                              : '–',
                          ],
                        ]}
                      />
                      <div style={{ marginTop: 6 }}>
                        <Code text={serviceCode(service)} label={service.name} />
                      </div>
                    </Section>
                  ))
                }
              </QueryBoundary>
            </div>
          </div>
        )
      }
    </QueryBoundary>
  )
}

export function viewCode(view: FeatureViewDefinition): string {
  const features = view.features.map((feature) => `    ${quote(feature.name)}: ${featureCode(feature)},`).join('\n')
  return `mg.FeatureView(${quote(view.name)}, source=${view.source}, features={\n${features}\n})`
}

function featureCode(feature: FeatureDefinition): string {
  const offset = feature.offset_seconds ? `, offset="${compactDuration(feature.offset_seconds)}"` : ''
  return `mg.${feature.aggregation}(${quote(feature.column)}, window="${compactDuration(feature.window_seconds)}"${offset})`
}

export function serviceCode(service: FeatureServiceDefinition): string {
  const request = service.request.map(quote).join(', ')
  return `mg.FeatureService(${quote(service.name)}, source=${service.source},\n    request=[${request}],\n    views=[${service.views.join(', ')}], label=${quote(service.label)})`
}

const quote = (text: string) => JSON.stringify(text)
