import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useLocale, useTranslations } from 'use-intl'
import type { EndpointDetails, Prediction } from '../../api/types.ts'
import { showNumber, showValue } from '../../lib/units.ts'
import { Empty } from '../../ui/Empty.tsx'
import { PagedTable } from '../../ui/PagedTable.tsx'
import type { Column } from '../../ui/Table.tsx'
import { EventTime, WallTime } from '../../ui/Time.tsx'
import { VersionLink } from '../registry/VersionLink.tsx'
import { curlOf, exampleOf } from './inference.ts'
import { predictionsQuery } from './queries.ts'

/** The predictions of an endpoint, newest first. */
export function PredictionList({ endpoint }: { endpoint: EndpointDetails }) {
  const t = useTranslations('endpoints')
  const locale = useLocale()
  const navigate = useNavigate()
  const predictions = useInfiniteQuery(predictionsQuery(endpoint.project, endpoint.name))
  const names = Object.keys(predictions.data?.pages[0]?.items[0]?.inputs ?? {})
  const target = (prediction: Prediction) => ({ project: endpoint.project, endpoint: endpoint.name, prediction: prediction.id })
  return (
    <PagedTable<Prediction>
      of={predictions}
      empty={<Empty title={t('noPredictions')} text={t('noPredictionsText')} code={curlOf(endpoint, exampleOf(endpoint))} />}
      label={t('tabs.predictions')}
      keyOf={(prediction) => prediction.id}
      open={(prediction) => void navigate({ to: '/p/$project/endpoints/$endpoint/predictions/$prediction', params: target(prediction) })}
      height="calc(100vh - 260px)"
      layout={`predictions ${endpoint.project}/${endpoint.name}`}
      columns={[
        {
          id: 'id',
          head: 'id',
          width: 250,
          cell: (prediction) => (
            <Link className="name" to="/p/$project/endpoints/$endpoint/predictions/$prediction" params={target(prediction)}>
              {prediction.id}
            </Link>
          ),
        },
        { id: 'event', head: t('eventTime'), right: true, width: 130, cell: (prediction) => <EventTime at={prediction.event_at} /> },
        { id: 'entity', head: t('entity'), width: 110, cell: (prediction) => String(prediction.entity) },
        {
          id: 'output',
          head: t('output'),
          right: true,
          width: 90,
          cell: (prediction) => <b style={{ fontWeight: 500 }}>{showNumber(prediction.output, locale)}</b>,
        },
        ...names.map((name): Column<Prediction> => ({
          id: `input ${name}`,
          head: name,
          right: true,
          width: 96,
          cell: (prediction) => showValue(prediction.inputs[name], locale),
        })),
        { id: 'version', head: t('version'), width: 110, right: true, cell: (prediction) => <VersionLink id={prediction.version} /> },
        { id: 'received', head: t('received'), right: true, width: 110, cell: (prediction) => <WallTime at={prediction.received_at} /> },
      ]}
    />
  )
}
