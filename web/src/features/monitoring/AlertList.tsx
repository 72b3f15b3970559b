import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Alert } from '../../api/types.ts'
import { change } from '../../lib/http.ts'
import { Answer } from '../../ui/Answer.tsx'
import { State } from '../../ui/State.tsx'
import { Table } from '../../ui/Table.tsx'
import { EventTime } from '../../ui/Time.tsx'
import { Evidence } from '../history/Evidence.tsx'
import { VersionLink } from '../registry/VersionLink.tsx'
import { alertsQuery } from './queries.ts'

/** Incidents, the open ones first; the chosen one shows its evidence beside the list. */
export function AlertList({ project }: { project: string }) {
  const t = useTranslations('monitoring')
  const client = useQueryClient()
  const alerts = useQuery(alertsQuery(project))
  const [chosen, setChosen] = useState<string>()
  const resolved = useMutation({ mutationFn: (alert: string) => change<Alert>('POST', `alerts/${alert}/resolve`), onSettled: () => client.invalidateQueries({ queryKey: ['alerts'] }) })
  return (
    <Answer of={alerts}>
      {({ items }) => {
        if (items.length === 0) return <p className="quiet">{t('noAlerts')}</p>
        const rows = [...items].sort((one, other) => Number(one.resolved_at !== null) - Number(other.resolved_at !== null))
        const open = rows.find((alert) => alert.id === chosen)
        return (
          <div className={open ? 'beside' : undefined}>
            <Table<Alert>
              label={t('alerts')}
              rows={rows}
              keyOf={(alert) => alert.id}
              selected={chosen}
              select={(alert) => setChosen(alert.id === chosen ? undefined : alert.id)}
              height={420}
              columns={[
                { id: 'state', head: t('state'), width: 110, cell: (alert) => (alert.resolved_at ? <State tone="idle" word={t('alertResolved')} /> : <State tone="warn" word={t('alertOpen')} />) },
                { id: 'monitor', head: t('monitor'), width: 180, cell: (alert) => alert.monitor },
                { id: 'signal', head: t('watches'), width: 100, cell: (alert) => t(`kinds.${alert.signal}`) },
                { id: 'version', head: t('version'), width: 120, cell: (alert) => <VersionLink id={alert.version} /> },
                { id: 'opened', head: t('opened'), right: true, width: 130, cell: (alert) => <EventTime at={alert.opened_at} /> },
                { id: 'resolved', head: t('resolved'), right: true, width: 130, cell: (alert) => <EventTime at={alert.resolved_at} /> },
                { id: 'why', head: t('resolution'), cell: (alert) => alert.resolution ?? '' },
              ]}
            />
            {open ? (
              <aside>
                <h3 className="heading">
                  {open.monitor}
                  <span className="actions">
                    {open.resolved_at ? null : (
                      <button type="button" className="button" disabled={resolved.isPending} onClick={() => resolved.mutate(open.id)}>
                        {t('resolve')}
                      </button>
                    )}
                  </span>
                </h3>
                <Evidence of={open.evidence} />
              </aside>
            ) : null}
          </div>
        )
      }}
    </Answer>
  )
}
