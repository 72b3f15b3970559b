import { useState } from 'react'
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

/** Values of things over time, as colour: the stronger, the further from what was expected. */
export function HeatMap({ title, unit, rows, columns, cell, legend, choose, chosen }: Props) {
  const locale = useLocale()
  const [hover, setHover] = useState<string>()
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
        <span>{hover ?? legend}</span>
      </div>
      <div className="heat" role="group" aria-label={`${title}: ${legend}`} onMouseLeave={() => setHover(undefined)}>
        {rows.map((row) => (
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
                    className={found === null ? 'none' : found.marked ? 'alarm' : undefined}
                    style={
                      found === null
                        ? { width: `${width}%` }
                        : {
                            width: `${width}%`,
                            background: `color-mix(in oklab, var(--heat) ${Math.round(Math.min(1, Math.max(0, found.strength)) * 88)}%, var(--sunken))`,
                          }
                    }
                    onMouseEnter={() =>
                      setHover(
                        `${row.label} · ${column.label} · ${showNumber(found?.value, locale)}${found?.note ? ` · ${found.note}` : ''}`,
                      )
                    }
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
