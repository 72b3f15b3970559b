import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Problem } from '../lib/http.ts'
import { Code } from './Code.tsx'
import { Icon } from './Icon.tsx'

/** What a query of react-query looks like from here. */
export type Asked<T> = { data: T | undefined; error: Error | null; refetch: () => unknown }

/** The three states of everything that is fetched: its shape while it loads, what to do when it fails, and the thing itself. */
export function Answer<T>({ of, children, bones }: { of: Asked<T>; children: (data: T) => ReactNode; bones?: ReactNode }) {
  if (of.data !== undefined) return children(of.data)
  if (of.error) return <Failure error={of.error} again={() => void of.refetch()} />
  return bones ?? <Bones rows={6} />
}

/** Says what failed and what to do next. */
export function Failure({ error, again }: { error: Error; again?: () => void }) {
  const t = useTranslations('ui')
  const advice = error instanceof Problem ? adviceFor(error) : 'failedOther'
  return (
    <div className="failure" role="alert">
      <Icon name="warn" />
      <div>
        <strong>{t(`${advice}.title`)}</strong>
        <div>{error.message}</div>
        <div className="quiet">{t(`${advice}.next`)}</div>
        {again ? (
          <button type="button" className="button" onClick={again}>
            {t('again')}
          </button>
        ) : null}
      </div>
    </div>
  )
}

function adviceFor(problem: Problem): 'failedUnreachable' | 'failedSession' | 'failedMissing' | 'failedInvalid' | 'failedServer' {
  if (problem.status === 0) return 'failedUnreachable'
  if (problem.status === 401 || problem.status === 403) return 'failedSession'
  if (problem.status === 404) return 'failedMissing'
  if (problem.status < 500) return 'failedInvalid'
  return 'failedServer'
}

/** An empty list teaches: what would be here, and the lines that put it there. */
export function Empty({ title, text, code }: { title: string; text: string; code?: string }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>{text}</p>
      {code ? <Code text={code} label={title} /> : null}
    </div>
  )
}

/** Rows that are still on their way, as high as the real ones. */
export function Bones({ rows, height = 28 }: { rows: number; height?: number }) {
  const t = useTranslations('ui')
  return (
    <div role="status" aria-label={t('loading')}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} style={{ height, display: 'flex', alignItems: 'center' }} aria-hidden>
          <span className="bone" style={{ width: `${[42, 64, 51, 73, 38, 58][index % 6]}%` }} />
        </div>
      ))}
    </div>
  )
}

export function ChartBones({ height }: { height: number }) {
  const t = useTranslations('ui')
  return (
    <div role="status" aria-label={t('loading')} style={{ height: height + 40, paddingTop: 40 }}>
      <span className="bone" style={{ width: '100%', height }} aria-hidden />
    </div>
  )
}

/** The place of a chart that has nothing to show yet. */
export function Waiting({ title, text }: { title: string; text: string }) {
  return (
    <>
      <h3 className="heading">{title}</h3>
      <p className="quiet">{text}</p>
    </>
  )
}
