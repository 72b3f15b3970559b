import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { Deployment, EndpointDetails } from '../../api/types.ts'
import { snippets } from '../../lib/snippets.ts'
import { ConfirmButton } from '../../ui/ConfirmButton.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Id } from '../../ui/Id.tsx'
import { PagedTable } from '../../ui/PagedTable.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { usePermission } from '../access/usePermission.ts'
import { Reason } from '../history/Reason.tsx'
import { VersionLink } from '../registry/VersionLink.tsx'
import { DeploymentStateSign } from './EndpointState.tsx'
import { deploymentsQuery } from './queries.ts'

/** The deployments of an endpoint, newest first, and the way back to the one before. */
export function DeploymentList({ endpoint }: { endpoint: EndpointDetails }) {
  const t = useTranslations('endpoints')
  const client = useQueryClient()
  const permission = usePermission('operate')
  const deployments = useInfiniteQuery(deploymentsQuery(endpoint.project, endpoint.name))
  const count = deployments.data?.pages[0]?.items.length ?? 0
  const rollBack = async () => {
    await change('post', '/api/v1/projects/{project}/endpoints/{endpoint}/rollback', { project: endpoint.project, endpoint: endpoint.name })
    await client.invalidateQueries({ queryKey: keys.all('endpoints') })
  }
  return (
    <>
      {count > 0 ? (
        <div className="bar">
          <div className="right">
            <ConfirmButton
              label={t('rollBack')}
              title={t('rollBackTitle', { endpoint: endpoint.name })}
              text={t('rollBackSure')}
              act={rollBack}
              disabled={count < 2}
              permission={permission}
              danger
            />
          </div>
        </div>
      ) : null}
      <PagedTable<Deployment>
        of={deployments}
        empty={<Empty title={t('noDeployments')} text={t('noDeploymentsText')} code={snippets.model} />}
        label={t('tabs.deployments')}
        keyOf={(deployment) => deployment.id}
        height="calc(100vh - 230px)"
        columns={[
          { id: 'revision', head: '#', right: true, width: 52, cell: (deployment) => deployment.revision },
          { id: 'state', head: t('state'), width: 140, cell: (deployment) => <DeploymentStateSign state={deployment.state} /> },
          { id: 'version', head: t('version'), width: 150, cell: (deployment) => <VersionLink id={deployment.version} /> },
          { id: 'reason', head: t('reason'), cell: (deployment) => <Reason text={deployment.why ?? deployment.reason} /> },
          { id: 'id', head: 'id', width: 120, right: true, cell: (deployment) => <Id id={deployment.id} /> },
          { id: 'created', head: t('created'), right: true, width: 110, cell: (deployment) => <WallTime at={deployment.created_at} /> },
          { id: 'live', head: t('liveSince'), right: true, width: 110, cell: (deployment) => <WallTime at={deployment.live_at} /> },
        ]}
      />
    </>
  )
}
