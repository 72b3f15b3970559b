import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslations } from 'use-intl'
import { change } from '../../api/client.ts'
import { keys } from '../../api/keys.ts'
import type { PipelineSummary } from '../../api/types.ts'
import { ActionButton } from '../../ui/ActionButton.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { usePermission } from '../access/usePermission.ts'

/** Starts a pipeline after asking for its parameters, which begin with their default values. */
export function StartPipeline({ pipeline, project }: { pipeline: PipelineSummary; project: string }) {
  const t = useTranslations('pipelines')
  const ui = useTranslations('ui')
  const client = useQueryClient()
  const navigate = useNavigate()
  const permission = usePermission('write')
  const [open, setOpen] = useState(false)
  const [texts, setTexts] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error>()
  const parameters = Object.entries(pipeline.parameters)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      const changed = Object.fromEntries(
        parameters.filter(([name]) => texts[name] !== undefined).map(([name, standard]) => [name, valueOf(texts[name] ?? '', standard)]),
      )
      const run = await change(
        'post',
        '/api/v1/projects/{project}/pipelines/{pipeline}/runs',
        { project, pipeline: pipeline.name },
        { parameters: changed },
      )
      setOpen(false)
      await client.invalidateQueries({ queryKey: keys.all('pipelines') })
      await navigate({ to: '/p/$project/pipeline-runs/$run', params: { project, run: run.id } })
    } catch (raised) {
      setError(raised instanceof Error ? raised : new Error(String(raised)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <ActionButton className="button small" permission={permission} onClick={() => setOpen(true)}>
        <Icon name="play" size={11} />
        {t('start')}
      </ActionButton>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={t('startTitle', { pipeline: pipeline.name })}
        text={parameters.length ? t('startText') : t('startTextPlain')}
      >
        <form className="form" onSubmit={(event) => void submit(event)}>
          {parameters.map(([name, standard]) => (
            <label key={name}>
              <code>{name}</code>
              {typeof standard === 'boolean' ? (
                <select
                  className="field"
                  value={texts[name] ?? String(standard)}
                  onChange={(event) => setTexts({ ...texts, [name]: event.target.value })}
                >
                  <option>true</option>
                  <option>false</option>
                </select>
              ) : (
                <input
                  className="field mono"
                  value={texts[name] ?? textOf(standard)}
                  onChange={(event) => setTexts({ ...texts, [name]: event.target.value })}
                />
              )}
            </label>
          ))}
          {error ? <Failure error={error} /> : null}
          <footer>
            <button type="button" className="button" onClick={() => setOpen(false)}>
              {ui('cancel')}
            </button>
            <button type="submit" className="button primary" disabled={busy}>
              {t('start')}
            </button>
          </footer>
        </form>
      </Dialog>
    </>
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What was typed, as the type of the default value; a text that is no JSON is sent as it is, and the server says what is wrong. */
export function valueOf(text: string, standard: unknown): unknown {
  if (typeof standard === 'string') return text
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return text
  }
}
