import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslations } from 'use-intl'
import type { RunSummary } from '../../api/types.ts'
import { useLiveState } from '../../lib/live.ts'
import { QueryBoundary } from '../../ui/QueryBoundary.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Log } from '../../ui/Code.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { logsQuery } from './queries.ts'

export function RunLogs({ run }: { run: RunSummary }) {
  const t = useTranslations('run')
  const live = useLiveState()
  const logs = useQuery({ ...logsQuery(run.id), refetchInterval: run.status === 'running' && live !== 'paused' ? 2_000 : false })
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (run.status === 'running') end.current?.scrollIntoView({ block: 'nearest' })
  }, [logs.data, run.status])
  return (
    <QueryBoundary of={logs}>
      {({ lines }) =>
        lines.length === 0 ? (
          <Empty title={t('noLogs')} text={t('noLogsText')} />
        ) : (
          <>
            <Log text={lines.map((line) => line.text).join('\n')} label={t('tabs.logs')} limit={2_000} />
            <div ref={end}>{run.status === 'running' ? <Icon name="busy" size={12} /> : null}</div>
          </>
        )
      }
    </QueryBoundary>
  )
}
