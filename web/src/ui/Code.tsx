import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Icon } from './Icon.tsx'

/** Lines to read and copy. */
export function Code({ text, label, limit, wrap = false }: { text: string; label?: string; limit?: number; wrap?: boolean }) {
  return (
    <div className="code">
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        style={{ maxHeight: limit, whiteSpace: wrap ? 'pre-wrap' : undefined, overflowWrap: 'anywhere' }}
      >
        {text}
      </pre>
      <CopyButton text={text} />
    </div>
  )
}

export function CopyButton({ text }: { text: string }) {
  const t = useTranslations('ui')
  const [copied, setCopied] = useState(false)
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), 1_500)
    })
  }
  return (
    <button type="button" className="button bare copy" onClick={copy} aria-label={copied ? t('copied') : t('copy')} title={t('copy')}>
      <Icon name={copied ? 'good' : 'copy'} size={14} />
    </button>
  )
}

/** A log or another long text, its end in sight. */
export function Log({ text, label, limit = 420 }: { text: string; label: string; limit?: number }) {
  return (
    <pre className="log" tabIndex={0} role="region" aria-label={label} style={{ maxHeight: limit }}>
      {text}
    </pre>
  )
}

/** A unified diff, lines marked by their sign and their colour. */
export function Diff({ text, label }: { text: string; label: string }) {
  return (
    <pre className="log" tabIndex={0} role="region" aria-label={label} style={{ maxHeight: 480 }}>
      {text.split('\n').map((line, index) => (
        <span
          key={index}
          className={line.startsWith('@@') ? 'diff-at' : line.startsWith('+') ? 'diff-add' : line.startsWith('-') ? 'diff-del' : undefined}
        >
          {line}
          {'\n'}
        </span>
      ))}
    </pre>
  )
}
