import { useTranslations } from 'use-intl'
import { Problem } from '../lib/http.ts'
import { useKindName } from '../lib/kinds.ts'
import { Icon } from './Icon.tsx'

/** Codes of problems that have a text in the reader's language. */
const CODES = [
  'Unreachable',
  'Unauthenticated',
  'Forbidden',
  'NotFound',
  'AlreadyExists',
  'Invalid',
  'Conflict',
  'RunFinished',
  'StaleWrite',
  'NotPromotable',
  'LimitExceeded',
  'Unavailable',
  'Unsupported',
  'Broken',
] as const

type Code = (typeof CODES)[number]

/** What failed, in the reader's language by the problem's code; the server's own words; and what to do next. */
export function Failure({ error, again }: { error: Error; again?: () => void }) {
  const t = useTranslations()
  const code = error instanceof Problem ? codeOf(error) : undefined
  const said = code && error instanceof Problem ? fieldsOf(error) : { kind: '', key: '', field: 'none' }
  const kindName = useKindName()
  return (
    <div className="failure" role="alert">
      <Icon name="warn" />
      <div>
        <strong>
          {code ? t(`problems.${code}.title`, { ...said, kind: said.kind ? kindName(said.kind) : '' }) : t('problems.other.title')}
        </strong>
        {error.message ? <div lang="en">{error.message}</div> : null}
        <div className="quiet">{code ? t(`problems.${code}.next`) : t('problems.other.next')}</div>
        {again ? (
          <button type="button" className="button" onClick={again}>
            {t('ui.again')}
          </button>
        ) : null}
      </div>
    </div>
  )
}

function codeOf(problem: Problem): Code | undefined {
  const exact = CODES.find((code) => code === problem.code)
  if (exact) return exact
  if (problem.status === 0) return 'Unreachable'
  const byStatus: Record<number, Code> = {
    400: 'Invalid',
    401: 'Unauthenticated',
    403: 'Forbidden',
    404: 'NotFound',
    409: 'Conflict',
    422: 'Invalid',
    429: 'LimitExceeded',
    501: 'Unsupported',
    503: 'Unavailable',
  }
  return byStatus[problem.status] ?? (problem.status >= 500 ? 'Broken' : undefined)
}

function fieldsOf(problem: Problem): { kind: string; key: string; field: string } {
  return { kind: problem.text('kind'), key: problem.text('key'), field: problem.text('field') || 'none' }
}
