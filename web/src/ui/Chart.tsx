import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { download, toCsv, type Sheet } from '../lib/csv.ts'
import { Icon } from './Icon.tsx'

/** Around every chart: title, unit, and the numbers behind it as a table or CSV. */
export function Chart({
  title,
  unit,
  sheet,
  actions,
  children,
}: {
  title: string
  unit?: string | undefined
  sheet: () => Sheet
  actions?: ReactNode
  children: ReactNode
}) {
  const t = useTranslations('ui')
  const [numbers, setNumbers] = useState(false)
  return (
    <figure className="chart" aria-label={title}>
      <figcaption className="chart-head">
        <h3 title={title}>{title}</h3>
        {unit ? <span className="unit">{unit}</span> : null}
        <span className="actions">
          {actions}
          <button
            type="button"
            className="button bare"
            aria-pressed={numbers}
            onClick={() => setNumbers(!numbers)}
            title={t('asTable')}
            aria-label={`${title}: ${t('asTable')}`}
          >
            <Icon name="table" size={13} />
          </button>
          <button
            type="button"
            className="button bare"
            onClick={() => download(`${title}.csv`, toCsv(sheet()))}
            aria-label={`${title}: CSV`}
          >
            CSV
          </button>
        </span>
      </figcaption>
      {numbers ? <SheetTable sheet={sheet()} label={title} /> : children}
    </figure>
  )
}

const MOST = 500

function SheetTable({ sheet, label }: { sheet: Sheet; label: string }) {
  const t = useTranslations('ui')
  return (
    <div className="sheet" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {sheet.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sheet.rows.slice(-MOST).map((row, index) => (
            <tr key={index}>
              {row.map((cell, place) => (
                <td key={place}>{cell ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {sheet.rows.length > MOST ? <p className="quiet">{t('restInCsv', { count: sheet.rows.length - MOST })}</p> : null}
    </div>
  )
}
