import { useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import { ConfirmButton } from '../../ui/ConfirmButton.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { usePermission } from '../access/usePermission.ts'

/** Cancels a run of a pipeline, after a question. */
export function CancelRun({ run, pipeline }: { run: string; pipeline: string }) {
  const t = useTranslations('pipelines')
  const client = useQueryClient()
  const permission = usePermission('operate')
  const cancel = async () => {
    await change('post', '/api/v1/pipeline-runs/{run}/cancel', { run })
    await client.invalidateQueries({ queryKey: keys.all('pipelines') })
  }
  return (
    <ConfirmButton
      label={t('cancel')}
      title={t('cancelTitle', { pipeline })}
      text={t('cancelText')}
      confirm={t('cancelConfirm')}
      act={cancel}
      icon={<Icon name="stop" size={12} />}
      permission={permission}
      danger
    />
  )
}
