import type { ErrorComponentProps } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { Failure } from '../ui/Failure.tsx'
import { Page } from '../ui/Page.tsx'

/** A page that could not be shown; the frame around it goes on working. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const t = useTranslations('problems')
  return (
    <Page title={t('other.title')}>
      <Failure error={error instanceof Error ? error : new Error(String(error))} again={reset} />
    </Page>
  )
}
