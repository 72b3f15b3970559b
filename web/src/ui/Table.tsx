import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Icon } from './Icon.tsx'

export type Column<Row> = {
  id: string
  head: ReactNode
  cell: (row: Row) => ReactNode
  /** Pixels; columns without one share what is left. */
  width?: number
  right?: boolean
  /** The server's name of this order; absent: the column cannot be sorted by. */
  sort?: string
}

/** `created` ascending, `-created` descending. */
export type Sort = string

type Props<Row> = {
  label: string
  columns: Column<Row>[]
  rows: Row[]
  keyOf: (row: Row) => string
  selected?: string | undefined
  select?: (row: Row) => void
  open?: (row: Row) => void
  sort?: Sort | undefined
  sortBy?: (sort: Sort) => void
  /** Called when the end comes in sight: fetch the next page. */
  more?: (() => void) | undefined
  /** How many rows there are in all, if that is known. */
  total?: number | undefined
  /** Pixels; absent: as high as its rows. */
  height?: number | string
  inset?: boolean
}

const ROW = 28
/** What a column without a width gets at least. */
const SHARED = 90

/**
 * A dense table: 28 px a row, only the rows in sight are in the page, so 10,000 are as quick as ten.
 * j and k (or the arrows) walk the rows, Enter opens one.
 */
export function Table<Row>({ label, columns, rows, keyOf, selected, select, open, sort, sortBy, more, total, height, inset }: Props<Row>) {
  const t = useTranslations('ui')
  const box = useRef<HTMLDivElement>(null)
  const [walked, setWalked] = useState<string>()
  const here = selected ?? walked
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 12 })
  const bounded = height !== undefined
  const items = virtual.getVirtualItems()
  const first = items[0]
  const last = items[items.length - 1]
  const shown = bounded ? rows.slice(first?.index ?? 0, (last?.index ?? -1) + 1) : rows

  useEffect(() => {
    if (more && bounded && (last?.index ?? 0) >= rows.length - 20) more()
  }, [more, bounded, last?.index, rows.length])

  const walk = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey || !(event.target instanceof HTMLElement) || event.target.closest('input, select, textarea')) return
    const index = rows.findIndex((row) => keyOf(row) === here)
    const step = event.key === 'j' || event.key === 'ArrowDown' ? 1 : event.key === 'k' || event.key === 'ArrowUp' ? -1 : 0
    const row = rows[index]
    if (event.key === 'Enter' && row && open && event.target === box.current) open(row)
    if (step === 0) return
    event.preventDefault()
    const next = rows[Math.min(Math.max(index + step, 0), rows.length - 1)]
    if (!next) return
    setWalked(keyOf(next))
    select?.(next)
    if (bounded) virtual.scrollToIndex(Math.max(index + step, 0))
    else box.current?.querySelector(`tr[data-key="${CSS.escape(keyOf(next))}"]`)?.scrollIntoView({ block: 'nearest' })
  }

  const press = (row: Row) => {
    setWalked(keyOf(row))
    if (select) select(row)
    else open?.(row)
  }

  return (
    <div ref={box} className={inset ? 'table-box inset' : 'table-box'} style={bounded ? { maxHeight: height } : undefined} tabIndex={0} onKeyDown={walk} role="region" aria-label={label}>
      <table className="table" aria-rowcount={total ?? rows.length} style={{ minWidth: columns.reduce((sum, column) => sum + (column.width ?? SHARED), 0) }}>
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={column.width ? { width: column.width } : undefined} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={column.right ? 'right' : undefined} aria-sort={column.sort && sort === column.sort ? 'ascending' : column.sort && sort === `-${column.sort}` ? 'descending' : undefined}>
                <Head column={column} sort={sort} sortBy={sortBy} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bounded && first && first.start > 0 ? <Spacer height={first.start} columns={columns.length} /> : null}
          {shown.map((row, index) => {
            const key = keyOf(row)
            return (
              <tr key={key} data-key={key} className={open || select ? 'row open' : 'row'} aria-selected={select || open ? key === here : undefined} aria-rowindex={(bounded ? (first?.index ?? 0) : 0) + index + 2} onClick={(event) => (event.target instanceof HTMLElement && event.target.closest('a, button, input') ? undefined : press(row))}>
                {columns.map((column) => (
                  <td key={column.id} className={column.right ? 'right' : undefined}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            )
          })}
          {bounded && last && virtual.getTotalSize() > last.end ? <Spacer height={virtual.getTotalSize() - last.end} columns={columns.length} /> : null}
        </tbody>
      </table>
      <span className="hidden-visually">{t('walk')}</span>
    </div>
  )
}

function Head<Row>({ column, sort, sortBy }: { column: Column<Row>; sort: Sort | undefined; sortBy: ((sort: Sort) => void) | undefined }) {
  const by = column.sort
  if (!by || !sortBy) return column.head
  const descending = sort === `-${by}`
  return (
    <button type="button" onClick={() => sortBy(descending ? by : `-${by}`)}>
      {column.head}
      {sort === by || descending ? <Icon name={descending ? 'down' : 'up'} size={11} /> : null}
    </button>
  )
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr className="spacer" aria-hidden>
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
}
