import { useTranslations } from 'use-intl'
import { Empty } from '../ui/Empty.tsx'
import { Page } from '../ui/Page.tsx'

export function Missing() {
  const t = useTranslations('missing')
  return (
    <Page title={t('title')}>
      <Empty title={t('title')} text={t('text')} />
    </Page>
  )
}
