import { useLocale, useTranslations } from 'use-intl'
import type { RunSummary } from '../../api/types.ts'
import { Empty } from '../../ui/Empty.tsx'
import { DescriptionList } from '../../ui/DescriptionList.tsx'
import { Section } from '../../ui/Page.tsx'
import { showValue } from '../../lib/units.ts'

export function RunValues({ run }: { run: RunSummary }) {
  const t = useTranslations('run')
  const locale = useLocale()
  const params = Object.entries(run.params)
  const tags = Object.entries(run.tags)
  if (params.length + tags.length === 0) return <Empty title={t('noParams')} text={t('noParamsText')} />
  return (
    <div className="columns">
      <Section title={t('tabs.params')}>
        <DescriptionList
          items={params.map(([name, value]) => [
            name,
            <span key={name} className="num">
              {showValue(value, locale)}
            </span>,
          ])}
        />
      </Section>
      {tags.length ? (
        <Section title={t('tags')}>
          <DescriptionList items={tags.map(([name, value]) => [name, String(value)])} />
        </Section>
      ) : null}
    </div>
  )
}
