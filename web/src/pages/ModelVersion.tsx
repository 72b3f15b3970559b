import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import type { ModelVersionDetails } from '../api/types.ts'
import { PromotionList } from '../features/delivery/PromotionList.tsx'
import { LineageLink } from '../features/lineage/LineageLink.tsx'
import { LineageView } from '../features/lineage/LineageView.tsx'
import { EntityLink } from '../features/lineage/EntityLink.tsx'
import { Aliases } from '../features/registry/Aliases.tsx'
import { MakeChampion } from '../features/registry/MakeChampion.tsx'
import { versionQuery } from '../features/registry/queries.ts'
import { showBytes, showCount, showNumber } from '../lib/units.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { Id } from '../ui/Id.tsx'
import { LineChart } from '../ui/LineChart.tsx'
import { DescriptionList } from '../ui/DescriptionList.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { StatBar } from '../ui/StatBar.tsx'
import { EventTime, WallTime } from '../ui/Time.tsx'

const route = getRouteApi('/p/$project/model-versions/$version')

/** One version of a model: how well it does, what it was made of, what may take its place. */
export default function ModelVersion() {
  const t = useTranslations('models')
  const { project, version } = route.useParams()
  const found = useQuery(versionQuery(version))
  return (
    <Page
      title={found.data ? `${found.data.model} v${found.data.number}` : version}
      crumb={
        found.data ? (
          <Link to="/p/$project/models/$model" params={{ project, model: found.data.model }}>
            {found.data.model}
          </Link>
        ) : (
          t('title')
        )
      }
      beside={
        <>
          <Aliases of={found.data?.aliases ?? []} />
          <Id id={version} />
        </>
      }
      actions={
        <>
          {found.data && !found.data.aliases.includes('champion') ? <MakeChampion version={found.data} /> : null}
          <LineageLink kind="model_version" id={version} />
        </>
      }
    >
      <QueryBoundary of={found}>{(page) => <Details version={page} project={project} />}</QueryBoundary>
    </Page>
  )
}

const DAY = 86_400

function Details({ version, project }: { version: ModelVersionDetails; project: string }) {
  const t = useTranslations('models')
  const locale = useLocale()
  const baseline = version.baseline
  return (
    <>
      <StatBar
        items={[
          ...Object.entries(version.metrics).map(([name, value]) => ({ label: name, value: showNumber(value, locale) })),
          { label: t('cutoff'), value: <EventTime at={version.cutoff} /> },
          { label: t('rows'), value: showCount(version.rows, locale) },
          { label: t('created'), value: <WallTime at={version.created_at} /> },
        ]}
      />
      <div className="columns section">
        <Section title={t('madeOf')}>
          <DescriptionList
            items={[
              [t('estimator'), <code key="estimator">{version.estimator}</code>],
              [
                t('format'),
                version.why_not_onnx ? (
                  <span key="format">
                    {version.format} <span className="quiet">{version.why_not_onnx}</span>
                  </span>
                ) : (
                  version.format
                ),
              ],
              [
                t('size'),
                <span key="size">
                  {showBytes(version.size)} <Id id={version.blob} />
                </span>,
              ],
              [
                t('features'),
                version.features ? (
                  <EntityLink key="features" kind="feature_service" id={version.features}>
                    {version.features}
                  </EntityLink>
                ) : (
                  '–'
                ),
              ],
              [t('pipelineRun'), version.pipeline_run ? <EntityLink key="prun" kind="pipeline_run" id={version.pipeline_run} /> : '–'],
              [t('stepRun'), version.run ? <EntityLink key="run" kind="run" id={version.run} /> : '–'],
              [t('frame'), version.frame ? <Id key="frame" id={version.frame} /> : '–'],
              [t('bundle'), version.bundle ? <Id key="bundle" id={version.bundle} /> : '–'],
              version.mean_predictor
                ? [
                    t('meanPredictor'),
                    Object.entries(version.mean_predictor)
                      .filter(([name]) => name !== 'value')
                      .map(([name, value]) => `${name} ${showNumber(value, locale)}`)
                      .join(' · '),
                  ]
                : null,
              version.format === 'onnx' ? [t('difference'), version.difference.toExponential(1)] : null,
            ]}
          />
        </Section>
        <Section title={t('signature')}>
          <DescriptionList
            items={[
              ...version.signature.inputs.map((input): [string, string] => [input.name, input.dtype]),
              [`→ ${version.signature.output.name}`, version.signature.output.dtype],
            ]}
          />
        </Section>
      </div>
      {baseline && baseline.days.length > 1 ? (
        <Section>
          <LineChart
            title={t('heldOut')}
            unit={baseline.metric.toUpperCase()}
            x={baseline.days.map((day) => day.day * DAY)}
            kind="event"
            xLabel={t('eventDay')}
            lines={[
              {
                label: baseline.metric.toUpperCase(),
                values: baseline.days.map((day) => metricOf(baseline.metric, day)),
                color: '--series-1',
                dots: true,
              },
            ]}
            height={140}
            daily
          />
        </Section>
      ) : null}
      <Section title={t('promotions')}>
        <PromotionList project={project} challenger={version.id} />
      </Section>
      <Section title={t('tabs.lineage')}>
        <LineageView kind="model_version" id={version.id} direction="both" depth={8} height={420} />
      </Section>
    </>
  )
}

function metricOf(metric: string, day: { n: number; abs: number; sq: number; label: number }): number | null {
  if (day.n === 0) return null
  if (metric === 'rmse') return Math.sqrt(day.sq / day.n)
  return metric === 'wape' ? day.abs / Math.max(day.label, 1e-12) : day.abs / day.n
}
