import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Artifact, RunDetails } from '../../api/types.ts'
import { download } from '../../lib/csv.ts'
import { address, send } from '../../lib/http.ts'
import { showBytes } from '../../lib/units.ts'
import { Failure } from '../../ui/Failure.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Id } from '../../ui/Id.tsx'
import { Table } from '../../ui/Table.tsx'
import { WallTime } from '../../ui/Time.tsx'

export function RunArtifacts({ details }: { details: RunDetails }) {
  const t = useTranslations('run')
  const [error, setError] = useState<Error>()
  // A link could not send the session's secret, so the file is fetched and saved from memory.
  const save = async (artifact: Artifact) => {
    setError(undefined)
    try {
      const response = await send(artifactAddress(artifact))
      download(artifact.name.split('/').at(-1) ?? artifact.name, await response.blob())
    } catch (raised) {
      setError(raised instanceof Error ? raised : new Error(String(raised)))
    }
  }
  if (details.artifacts.length === 0) return <Empty title={t('noArtifacts')} text={t('noArtifactsText')} />
  return (
    <>
      {error ? <Failure error={error} /> : null}
      <Table<Artifact>
        label={t('tabs.artifacts')}
        rows={details.artifacts}
        keyOf={(artifact) => artifact.id}
        columns={[
          {
            id: 'name',
            head: t('key'),
            cell: (artifact) => (
              <button
                type="button"
                className="link"
                onClick={() => void save(artifact)}
                aria-label={t('download', { name: artifact.name })}
              >
                {artifact.name}
              </button>
            ),
          },
          { id: 'kind', head: t('type'), width: 220, cell: (artifact) => <span className="quiet">{artifact.media_type}</span> },
          { id: 'size', head: t('size'), right: true, width: 90, cell: (artifact) => showBytes(artifact.size) },
          { id: 'digest', head: 'sha256', width: 110, cell: (artifact) => <Id id={artifact.blob} /> },
          { id: 'created', head: t('created'), right: true, width: 110, cell: (artifact) => <WallTime at={artifact.created_at} /> },
        ]}
      />
    </>
  )
}

function artifactAddress(artifact: Artifact): string {
  return address(`runs/${artifact.run}/artifacts/${artifact.name.split('/').map(encodeURIComponent).join('/')}`)
}
