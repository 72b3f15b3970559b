import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { shortId } from '../lib/units.ts'

/** A short id; hover shows all of it, a click copies it. */
export function Id({ id }: { id: string | null | undefined }) {
  const t = useTranslations('ui')
  const [copied, setCopied] = useState(false)
  if (!id) return <span className="quiet">–</span>
  const copy = () => {
    void navigator.clipboard.writeText(id).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), 1_200)
    })
  }
  return (
    <button type="button" className="id" title={t('copyId', { id })} onClick={copy}>
      {copied ? t('copied') : shortId(id)}
    </button>
  )
}
