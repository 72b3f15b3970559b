import { useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { ModelVersionDetails } from '../../api/types.ts'
import { ConfirmButton } from '../../ui/ConfirmButton.tsx'
import { usePermission } from '../access/usePermission.ts'

/** Moves the alias `champion` to a version, without the gate. */
export function MakeChampion({ version }: { version: ModelVersionDetails }) {
  const t = useTranslations('models')
  const client = useQueryClient()
  const permission = usePermission('operate')
  const move = async () => {
    await change(
      'put',
      '/api/v1/projects/{project}/models/{model}/aliases/{alias}',
      { project: version.project, model: version.model, alias: 'champion' },
      { version: version.id },
    )
    await client.invalidateQueries({ queryKey: keys.all('models') })
  }
  return (
    <ConfirmButton
      label={t('makeChampion')}
      title={t('makeChampionTitle', { version: `${version.model} v${version.number}` })}
      text={t('makeChampionSure')}
      act={move}
      permission={permission}
    />
  )
}
