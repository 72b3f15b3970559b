import { useState, type KeyboardEvent } from 'react'
import { useLocale } from 'use-intl'
import { showNumber } from '../lib/units.ts'
import { Chart } from './Chart.tsx'

/** `strength`: 1 has the full colour; `marked` cells have a dot too, so that colour is not the only sign. */
export type Cell = { value: number; strength: number; marked: boolean; note?: string }

type Props = {
  title: string
  unit?: string
  /** Top to bottom. */
  rows: { id: string; label: string }[]
  /** Left to right; `label` is read on hover, `tick` stands below where there is room. */
  columns: { id: string; label: string; tick: string }[]
  cell: (row: string, column: number) => Cell | null
  legend: string
  choose?: (row: string) => void
  chosen?: string | undefined
}

/** As wide as the labels: charts with this gutter stand in line with the cells. */
export const GUTTER = 120
/** No lower: labels are buttons, and smaller ones are hard to hit. */
const CELL = 24

/** Values of several rows over time as colour: the darker, the further from what was expected. The arrow keys move from cell to cell. */
export function HeatMap({ title, unit, rows, columns, cell, legend, choose, chosen }: Props) {
  const locale = useLocale()
  const [pointed, setPointed] = useState<{ row: number; column: number }>()
  const read = () => {
    const [row, column] = pointed ? [rows[pointed.row], columns[pointed.column]] : []
    if (!row || !column || !pointed) return legend
    const found = cell(row.id, pointed.column)
    return `${row.label} · ${column.label} · ${showNumber(found?.value, locale)}${found?.note ? ` · ${found.note}` : ''}`
  }
  const steps: Record<string, [number, number]> = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }
  const press = (event: KeyboardEvent) => {
    const step = steps[event.key]
    if (!step || rows.length === 0 || columns.length === 0) return
    event.preventDefault()
    setPointed((former) =>
      former
        ? {
            row: Math.min(Math.max(former.row + step[0], 0), rows.length - 1),
            column: Math.min(Math.max(former.column + step[1], 0), columns.length - 1),
          }
        : { row: 0, column: columns.length - 1 },
    )
  }
  const every = Math.max(1, Math.ceil(columns.length / 10))
  const width = 100 / Math.max(columns.length, 1)
  return (
    <Chart
      title={title}
      unit={unit}
      sheet={() => ({
        columns: [title, ...columns.map((column) => column.label)],
        rows: rows.map((row) => [row.label, ...columns.map((_, place) => cell(row.id, place)?.value ?? null)]),
      })}
    >
      <div className="chart-read">
        <span aria-live="polite">{read()}</span>
      </div>
      <div
        className="heat"
        role="group"
        aria-label={`${title}: ${legend}`}
        tabIndex={0}
        onKeyDown={press}
        onBlur={() => setPointed(undefined)}
        onMouseLeave={() => setPointed(undefined)}
      >
        {rows.map((row, line) => (
          <div key={row.id} className="heat-row" style={{ height: CELL }}>
            {choose ? (
              <button
                type="button"
                className="heat-label"
                aria-pressed={row.id === chosen}
                style={{ width: GUTTER }}
                onClick={() => choose(row.id)}
                title={row.label}
              >
                {row.label}
              </button>
            ) : (
              <span className="heat-label" style={{ width: GUTTER }} title={row.label}>
                {row.label}
              </span>
            )}
            <span className="heat-cells">
              {columns.map((column, place) => {
                const found = cell(row.id, place)
                return (
                  <i
                    key={column.id}
                    className={[
                      found === null ? 'none' : found.marked ? 'alarm' : '',
                      pointed?.row === line && pointed.column === place ? 'pointed' : '',
                    ].join(' ')}
                    style={
                      found === null
                        ? { width: `${width}%` }
                        : {
                            width: `${width}%`,
                            background: `color-mix(in oklab, var(--heat) ${Math.round(Math.min(1, Math.max(0, found.strength)) * 88)}%, var(--sunken))`,
                          }
                    }
                    onMouseEnter={() => setPointed({ row: line, column: place })}
                  />
                )
              })}
            </span>
          </div>
        ))}
        <div className="heat-axis" style={{ paddingLeft: GUTTER }}>
          {columns.map((column, index) =>
            index % every === 0 ? (
              <span
                key={column.id}
                style={{ left: `calc(${GUTTER}px + (100% - ${GUTTER}px) * ${(index / Math.max(columns.length, 1)).toFixed(5)})` }}
              >
                {column.tick}
              </span>
            ) : null,
          )}
        </div>
      </div>
    </Chart>
  )
}
