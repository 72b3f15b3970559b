import { type ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { RunDetails } from '../../api/types.ts'
import { textAt } from '../../lib/json.ts'
import { snippets } from '../../lib/snippets.ts'
import { showSeconds, showValue } from '../../lib/units.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Log } from '../../ui/Code.tsx'
import { Id } from '../../ui/Id.tsx'
import { DescriptionList } from '../../ui/DescriptionList.tsx'
import { Section } from '../../ui/Page.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { EntityLink } from '../lineage/EntityLink.tsx'
import { kindOf } from '../lineage/target.ts'
import { MetricChart } from './MetricChart.tsx'
import { showWire } from './values.ts'
import { commandOf } from './RunEnvironment.tsx'

export function RunOverview({ details }: { details: RunDetails }) {
  const t = useTranslations()
  const locale = useLocale()
  const { run, parent, children } = details
  const lines = Object.entries(run.metrics).filter(([, point]) => point.step > 0)
  const params = Object.entries(run.params)
  const pipelineRun = run.tags.pipeline_run
  return (
    <>
      {run.error ? (
        <Section title={t('run.error')}>
          <Log text={run.error} label={t('run.error')} limit={220} />
        </Section>
      ) : null}
      <div className="columns section">
        <Section>
          <DescriptionList
            items={[
              [t('experiments.experiment'), run.experiment],
              typeof pipelineRun === 'string'
                ? [t('run.pipelineRun'), <EntityLink key="prun" kind="pipeline_run" id={pipelineRun} />]
                : null,
              [t('experiments.started'), <WallTime key="started" at={run.started_at} />],
              [t('experiments.duration'), showSeconds(run.duration_seconds)],
              commandOf(details.environment) ? ['command', <code key="command">{commandOf(details.environment)}</code>] : null,
              textAt(details.environment, 'entrypoint')
                ? ['entrypoint', <code key="entrypoint">{textAt(details.environment, 'entrypoint')}</code>]
                : null,
              textAt(details.environment, 'git.commit') ? ['git', <Id key="git" id={textAt(details.environment, 'git.commit')} />] : null,
              parent ? [t('run.parent'), <EntityLink key="parent" kind={kindOf(parent) ?? 'run'} id={parent} />] : null,
              children.length
                ? [
                    t('run.children'),
                    <span key="children">
                      {children.slice(0, 12).map((child) => (
                        <span key={child}>
                          <EntityLink kind="run" id={child} />{' '}
                        </span>
                      ))}
                    </span>,
                  ]
                : null,
              ...params.slice(0, 8).map(([name, value]): [string, ReactNode] => [
                name,
                <span key={name} className="num">
                  {showValue(value, locale)}
                </span>,
              ]),
            ]}
          />
        </Section>
        {Object.keys(run.metrics).length ? (
          <Section title={t('experiments.metrics')}>
            <DescriptionList
              items={Object.entries(run.metrics)
                .slice(0, 12)
                .map(([name, point]) => [
                  name,
                  <span key={name} className="num">
                    {showWire(point.value, locale)}
                  </span>,
                ])}
            />
          </Section>
        ) : null}
      </div>
      {lines.length ? (
        <div className="columns section">
          {lines.slice(0, 4).map(([metric]) => (
            <MetricChart key={metric} runs={[run]} metric={metric} height={150} />
          ))}
        </div>
      ) : run.kind === 'run' && Object.keys(run.metrics).length === 0 ? (
        <Empty title={t('run.noMetrics')} text={t('run.noMetricsText')} code={run.status === 'running' ? snippets.run : ''} />
      ) : null}
    </>
  )
}
