import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import { GateInterval } from '../features/delivery/GateInterval.tsx'
import { PromotionState } from '../features/delivery/PromotionState.tsx'
import { promotionQuery } from '../features/delivery/queries.ts'
import { LineageLink } from '../features/lineage/LineageLink.tsx'
import { EntityLink } from '../features/lineage/EntityLink.tsx'
import { VersionLink } from '../features/registry/VersionLink.tsx'
import { showCount, showNumber, showShare } from '../lib/units.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { Id } from '../ui/Id.tsx'
import { DescriptionList } from '../ui/DescriptionList.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { StatBar } from '../ui/StatBar.tsx'
import { EventTime, WallTime } from '../ui/Time.tsx'

const route = getRouteApi('/p/$project/promotions/$promotion')

/** One promotion, with the evidence of the gate. */
export default function Promotion() {
  const t = useTranslations('promotions')
  const locale = useLocale()
  const { project, promotion } = route.useParams()
  const found = useQuery(promotionQuery(promotion))
  const data = found.data
  return (
    <Page
      title={t('one')}
      crumb={
        data ? (
          <Link to="/p/$project/models/$model" params={{ project, model: data.model }} search={{ tab: 'promotions' }}>
            {data.model}
          </Link>
        ) : null
      }
      beside={
        <>
          {data ? <PromotionState status={data.status} /> : null}
          <Id id={promotion} />
        </>
      }
      actions={<LineageLink kind="promotion" id={promotion} />}
    >
      <QueryBoundary of={found}>
        {({ gate, ...about }) => {
          const verdict = about.verdict
          return (
            <>
              <StatBar
                items={[
                  {
                    label: t('challenger'),
                    value: <VersionLink id={about.challenger} />,
                    more: verdict ? `${gate.metric.toUpperCase()} ${showNumber(verdict.challenger, locale)}` : '',
                  },
                  {
                    label: t('champion'),
                    value: about.champion ? <VersionLink id={about.champion} /> : t('first'),
                    more: verdict ? `${gate.metric.toUpperCase()} ${showNumber(verdict.champion, locale)}` : '',
                  },
                  { label: t('improvement'), value: showShare(verdict?.improvement, locale) },
                  {
                    label: t('share'),
                    value: showShare(verdict?.share_better, locale),
                    more: `≥ ${showShare(gate.confidence, locale, 0)}`,
                  },
                ]}
              />
              {verdict ? (
                <Section title={t('evidence')}>
                  <p>
                    {verdict.share_better === null
                      ? t('tooFew', {
                          rows: showCount(verdict.rows, locale),
                          days: showCount(verdict.days, locale),
                          minimum: showCount(gate.minimum_rows, locale),
                        })
                      : t(gate.margin ? 'foundMargin' : 'found', {
                          share: showShare(verdict.share_better, locale),
                          resamples: showCount(gate.resamples, locale),
                          margin: showShare(gate.margin, locale, 0),
                          confidence: showShare(gate.confidence, locale, 0),
                        })}
                  </p>
                  <GateInterval verdict={verdict} margin={gate.margin} />
                </Section>
              ) : (
                <p className="quiet">{t('judging')}</p>
              )}
              <div className="columns section">
                <Section title={t('rows')}>
                  <DescriptionList
                    items={[
                      [t('rows'), showCount(verdict?.rows, locale)],
                      [t('days'), showCount(verdict?.days, locale)],
                      [t('until'), <EventTime key="until" at={about.until} />],
                      [t('opened'), <WallTime key="opened" at={about.opened_at} />],
                      [t('decided'), <WallTime key="decided" at={about.decided_at} />],
                      [
                        t('endpoint'),
                        <EntityLink key="endpoint" kind="endpoint" id={about.endpoint}>
                          {about.endpoint}
                        </EntityLink>,
                      ],
                    ]}
                  />
                </Section>
                <Section title={t('gate')}>
                  <DescriptionList
                    items={[
                      [t('metric'), gate.metric.toUpperCase()],
                      [t('margin'), showShare(gate.margin, locale)],
                      [t('confidence'), showShare(gate.confidence, locale, 0)],
                      [t('resamples'), showCount(gate.resamples, locale)],
                      [t('minimumRows'), showCount(gate.minimum_rows, locale)],
                    ]}
                  />
                </Section>
              </div>
            </>
          )
        }}
      </QueryBoundary>
    </Page>
  )
}
