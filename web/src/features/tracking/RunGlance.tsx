import { useQuery } from '@tanstack/react-query'
import { useLocale, useTranslations } from 'use-intl'
import { showSeconds, showValue } from '../../lib/units.ts'
import { QueryBoundary } from '../../ui/QueryBoundary.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Id } from '../../ui/Id.tsx'
import { DescriptionList } from '../../ui/DescriptionList.tsx'
import { Section } from '../../ui/Page.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { EntityLink } from '../lineage/EntityLink.tsx'
import { MetricChart } from './MetricChart.tsx'
import { runQuery } from './queries.ts'
import { RunState } from './RunState.tsx'
import { showWire } from './values.ts'

/** A summary of one run beside the table. */
export function RunGlance({ run, close }: { run: string; close: () => void }) {
  const t = useTranslations()
  const locale = useLocale()
  const found = useQuery(runQuery(run))
  return (
    <QueryBoundary of={found}>
      {({ run: shown }) => (
        <>
          <div className="page-title">
            <h1>
              <EntityLink kind="run" id={shown.id}>
                {shown.name || shown.id}
              </EntityLink>
            </h1>
            <div className="actions">
              <button type="button" className="button bare square" onClick={close} aria-label={t('ui.close')}>
                <Icon name="bad" size={13} />
              </button>
            </div>
          </div>
          <DescriptionList
            items={[
              [t('experiments.status'), <RunState key="state" run={shown} />],
              [t('experiments.experiment'), shown.experiment],
              [t('experiments.started'), <WallTime key="at" at={shown.started_at} />],
              [t('experiments.duration'), showSeconds(shown.duration_seconds)],
              ['id', <Id key="id" id={shown.id} />],
              shown.error
                ? [
                    t('run.error'),
                    <span key="error" className="state bad">
                      {shown.error.split('\n')[0]}
                    </span>,
                  ]
                : null,
            ]}
          />
          {Object.keys(shown.metrics).length ? (
            <Section title={t('experiments.metrics')}>
              <DescriptionList
                items={Object.entries(shown.metrics).map(([name, point]) => [
                  name,
                  <span key={name} className="num">
                    {showWire(point.value, locale)}
                  </span>,
                ])}
              />
              <MetricChart runs={[shown]} metric={Object.keys(shown.metrics)[0] ?? ''} height={120} />
            </Section>
          ) : null}
          {Object.keys(shown.params).length ? (
            <Section title={t('experiments.params')}>
              <DescriptionList items={Object.entries(shown.params).map(([name, value]) => [name, showValue(value, locale)])} />
            </Section>
          ) : null}
        </>
      )}
    </QueryBoundary>
  )
}
