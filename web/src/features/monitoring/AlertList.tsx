import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { Alert } from '../../api/types.ts'
import { ConfirmButton } from '../../ui/ConfirmButton.tsx'
import { PagedTable } from '../../ui/PagedTable.tsx'
import { State } from '../../ui/State.tsx'
import { EventTime } from '../../ui/Time.tsx'
import { usePermission } from '../access/usePermission.ts'
import { Evidence } from '../history/Evidence.tsx'
import { Reason } from '../history/Reason.tsx'
import { VersionLink } from '../registry/VersionLink.tsx'
import { alertsQuery } from './queries.ts'

/** Alerts, newest first; the chosen one, which is in the link, shows its evidence beside the list. */
export function AlertList({
  project,
  chosen,
  choose,
}: {
  project: string
  chosen: string | undefined
  choose: (alert: string | undefined) => void
}) {
  const t = useTranslations('monitoring')
  const client = useQueryClient()
  const permission = usePermission('operate')
  const alerts = useInfiniteQuery(alertsQuery(project))
  const open = alerts.data?.pages.flatMap((page) => page.items).find((alert) => alert.id === chosen)
  const resolve = async (alert: Alert) => {
    await change('post', '/api/v1/alerts/{alert}/resolve', { alert: alert.id })
    await client.invalidateQueries({ queryKey: keys.all('alerts') })
  }
  return (
    <div className={open ? 'beside' : undefined}>
      <PagedTable<Alert>
        of={alerts}
        empty={<p className="quiet">{t('noAlerts')}</p>}
        label={t('alerts')}
        keyOf={(alert) => alert.id}
        selected={chosen}
        select={(alert) => choose(alert.id === chosen ? undefined : alert.id)}
        height={420}
        columns={[
          {
            id: 'state',
            head: t('state'),
            width: 110,
            cell: (alert) =>
              alert.resolved_at ? <State tone="idle" word={t('alertResolved')} /> : <State tone="warn" word={t('alertOpen')} />,
          },
          { id: 'monitor', head: t('monitor'), width: 180, cell: (alert) => alert.monitor },
          { id: 'signal', head: t('watches'), width: 100, cell: (alert) => t(`kinds.${alert.signal}`) },
          { id: 'version', head: t('version'), width: 120, cell: (alert) => <VersionLink id={alert.version} /> },
          { id: 'opened', head: t('opened'), right: true, width: 130, cell: (alert) => <EventTime at={alert.opened_at} /> },
          { id: 'resolved', head: t('resolved'), right: true, width: 130, cell: (alert) => <EventTime at={alert.resolved_at} /> },
          { id: 'why', head: t('resolution'), cell: (alert) => (alert.resolution ? <Reason text={alert.resolution} /> : '') },
        ]}
      />
      {open ? (
        <aside>
          <h3 className="heading">
            {open.monitor}
            <span className="actions">
              {open.resolved_at ? null : (
                <ConfirmButton
                  label={t('resolve')}
                  title={t('resolveTitle', { monitor: open.monitor })}
                  text={t('resolveText')}
                  act={() => resolve(open)}
                  permission={permission}
                />
              )}
            </span>
          </h3>
          <Evidence of={open.evidence} />
        </aside>
      ) : null}
    </div>
  )
}
