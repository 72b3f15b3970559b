import { useLocale, useTranslations } from 'use-intl'
import type { MonitorDetails } from '../../api/types.ts'
import { showCount, showNumber, showShare } from '../../lib/units.ts'
import { State } from '../../ui/State.tsx'
import { Table } from '../../ui/Table.tsx'
import { EventTime } from '../../ui/Time.tsx'
import { VersionLink } from '../registry/VersionLink.tsx'
import { compactDuration } from '../../lib/time.ts'

export function MonitorState({ monitor }: { monitor: MonitorDetails }) {
  const t = useTranslations('monitoring')
  switch (monitor.state) {
    case 'breached':
      return <State tone="warn" word={t('states.breached')} />
    case 'waiting':
      return <State tone="idle" word={t('states.waiting')} />
    default:
      return monitor.last?.verdict === 'near' ? <State tone="busy" word={t('states.near')} /> : <State tone="good" word={t('states.ok')} />
  }
}

/** The monitors of an endpoint with what they found last. */
export function MonitorList({ monitors }: { monitors: MonitorDetails[] }) {
  const t = useTranslations('monitoring')
  const locale = useLocale()
  return (
    <Table<MonitorDetails>
      label={t('monitors')}
      rows={monitors}
      keyOf={(monitor) => monitor.name}
      columns={[
        {
          id: 'name',
          head: t('monitor'),
          width: 160,
          cell: (monitor) => (
            <b style={{ fontWeight: 500 }} title={monitor.description}>
              {monitor.name}
            </b>
          ),
        },
        { id: 'state', head: t('state'), width: 104, cell: (monitor) => <MonitorState monitor={monitor} /> },
        { id: 'kind', head: t('watches'), width: 92, cell: (monitor) => t(monitor.kind === 'drift' ? 'kinds.drift' : 'kinds.quality') },
        {
          id: 'metric',
          head: t('metric'),
          width: 64,
          cell: (monitor) => (monitor.kind === 'quality' ? monitor.metric.toUpperCase() : 'PSI'),
        },
        { id: 'value', head: t('value'), right: true, width: 78, cell: (monitor) => showNumber(monitor.last?.value, locale) },
        { id: 'expected', head: t('expected'), right: true, width: 82, cell: (monitor) => showNumber(monitor.last?.expected, locale) },
        { id: 'threshold', head: t('threshold'), right: true, width: 84, cell: (monitor) => showNumber(monitor.last?.threshold, locale) },
        { id: 'rows', head: t('rows'), right: true, width: 68, cell: (monitor) => showCount(monitor.last?.rows, locale) },
        { id: 'window', head: t('window'), right: true, width: 66, cell: (monitor) => compactDuration(monitor.window_seconds) },
        {
          id: 'tolerance',
          head: t('tolerance'),
          right: true,
          width: 82,
          cell: (monitor) => (monitor.kind === 'quality' ? showShare(monitor.tolerance, locale, 0) : '–'),
        },
        {
          id: 'version',
          head: t('version'),
          width: 100,
          cell: (monitor) => (monitor.last?.version ? <VersionLink id={monitor.last.version} /> : '–'),
        },
        { id: 'at', head: t('checked'), right: true, cell: (monitor) => <EventTime at={monitor.last?.at} /> },
      ]}
    />
  )
}
