import {
  columnPinningFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  rowSelectionFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type ReactTable,
  type RowData,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ColumnMenu } from './ColumnMenu.tsx'
import { Icon } from './Icon.tsx'
import { Tip } from './Tip.tsx'
import { useColumnLayout } from './useColumnLayout.ts'

export type Column<Row> = {
  id: string
  head: string
  /** What the column means, on hover and focus of its head. */
  hint?: string
  cell: (row: Row) => ReactNode
  /** Pixels; columns without one share what is left. */
  width?: number
  right?: boolean
  /** Stays in sight at the right edge while the other columns scroll below it. */
  fixed?: boolean
  /** The server's name of this order; absent: the column cannot be sorted by. */
  sort?: string
}

/** `created` ascending, `-created` descending. */
export type Sort = string

export type TableProps<Row> = {
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
  /** Pixels; absent: as high as its rows. */
  height?: number | string
  inset?: boolean
  /** Under this name the reader's choice of columns is kept in this browser; it adds the menu of columns. */
  layout?: string
  /** Columns that are not shown until the reader asks for them. */
  hidden?: string[]
  /** Adds a checkbox to each row; called with the rows that are marked. */
  mark?: (rows: Row[]) => void
}

const ROW = 28
/** What a column without a width gets at least. */
const SHARED = 90
const MARK = 'mark'

export const FEATURES = tableFeatures({
  columnVisibilityFeature,
  columnPinningFeature,
  columnSizingFeature,
  columnResizingFeature,
  rowSelectionFeature,
})

/**
 * A dense table: 28 px a row, and only the rows in sight are in the document, so 10,000 are as quick as ten.
 * j and k (or the arrows) go through the rows, Enter opens one. Columns can be resized, and with `layout` hidden and pinned.
 */
export function Table<Row extends RowData>(props: TableProps<Row>) {
  const { label, columns, rows, keyOf, selected, select, open, sort, sortBy, more, height, inset, layout, hidden, mark } = props
  const t = useTranslations('ui')
  const box = useRef<HTMLDivElement>(null)
  const [walked, setWalked] = useState<string>()
  const [marked, setMarked] = useState<Record<string, true>>({})
  const current = selected ?? walked
  const bounded = height !== undefined
  const kept = useColumnLayout(layout)
  const definitions = useMemo(() => definitionsOf(columns, mark !== undefined), [columns, mark])
  const visibility = useMemo(
    () => ({ ...Object.fromEntries((hidden ?? []).map((id) => [id, false])), ...kept.visibility }),
    [hidden, kept.visibility],
  )
  const table = useTable({
    features: FEATURES,
    columns: definitions,
    data: rows,
    getRowId: keyOf,
    columnResizeMode: 'onChange',
    state: {
      columnVisibility: visibility,
      columnPinning: { start: mark ? [MARK, ...kept.pinned] : kept.pinned, end: [] },
      columnSizing: kept.sizes,
      rowSelection: marked,
    },
    onColumnVisibilityChange: (change) => kept.setVisibility(next(change, visibility)),
    onColumnPinningChange: (change) => kept.setPinned(next(change, { start: kept.pinned, end: [] }).start.filter((id) => id !== MARK)),
    onColumnSizingChange: kept.setSizes,
    onRowSelectionChange: setMarked,
  })
  const shownRows = table.getRowModel().rows
  const virtual = useVirtualizer({ count: shownRows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 12 })
  const items = virtual.getVirtualItems()
  const first = items[0]
  const last = items[items.length - 1]
  const offset = bounded ? (first?.index ?? 0) : 0
  const visible = bounded ? shownRows.slice(offset, (last?.index ?? -1) + 1) : shownRows
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns])
  const leaves = [...table.getStartVisibleLeafColumns(), ...table.getCenterVisibleLeafColumns()]

  useEffect(() => {
    if (more && bounded && (last?.index ?? 0) >= rows.length - 20) more()
  }, [more, bounded, last?.index, rows.length])

  useEffect(() => {
    mark?.(rows.filter((row) => marked[keyOf(row)]))
    // `mark` is called when the marks change, not when the caller passes another function.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [marked])

  const walk = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.nativeEvent.isComposing) return
    if (!(event.target instanceof HTMLElement) || event.target.closest('input, select, textarea, [role=menu]')) return
    const index = rows.findIndex((row) => keyOf(row) === current)
    const step = event.key === 'j' || event.key === 'ArrowDown' ? 1 : event.key === 'k' || event.key === 'ArrowUp' ? -1 : 0
    const row = rows[index]
    if (event.key === 'Enter' && row && open && event.target === box.current) open(row)
    if (step === 0) return
    event.preventDefault()
    const place = Math.min(Math.max(index + step, 0), rows.length - 1)
    const chosen = rows[place]
    if (!chosen) return
    setWalked(keyOf(chosen))
    select?.(chosen)
    if (bounded) virtual.scrollToIndex(place)
    else box.current?.querySelector(`tr[data-key="${CSS.escape(keyOf(chosen))}"]`)?.scrollIntoView({ block: 'nearest' })
  }

  const press = (row: Row) => {
    setWalked(keyOf(row))
    if (select) select(row)
    else open?.(row)
  }

  const pinnedAt = (id: string): CSSProperties | undefined => {
    const column = table.getColumn(id)
    if (byId.get(id)?.fixed) return { position: 'sticky', right: 0, zIndex: 1 }
    return column?.getIsPinned() === 'start' ? { position: 'sticky', left: column.getStart('start'), zIndex: 1 } : undefined
  }
  const widthOf = (id: string) => kept.sizes[id] ?? (id === MARK ? 34 : byId.get(id)?.width)

  return (
    <div className="table-frame">
      {layout ? <ColumnMenu table={table} columns={columns} label={label} reset={kept.reset} /> : null}
      <div
        ref={box}
        className={inset ? 'table-box inset' : 'table-box'}
        style={bounded ? { maxHeight: height } : undefined}
        tabIndex={0}
        onKeyDown={walk}
        role="region"
        aria-label={label}
      >
        <table
          className="table"
          aria-rowcount={more ? -1 : rows.length + 1}
          style={{ minWidth: leaves.reduce((sum, column) => sum + (widthOf(column.id) ?? SHARED), 0) }}
        >
          <colgroup>
            {leaves.map((column) => (
              <col key={column.id} style={{ width: widthOf(column.id) }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {leaves.map(({ id }) => {
                const column = byId.get(id)
                return column ? (
                  <th
                    key={id}
                    scope="col"
                    className={column.right ? 'right' : undefined}
                    style={pinnedAt(id)}
                    aria-sort={sortOf(column, sort)}
                  >
                    <Head column={column} sort={sort} sortBy={sortBy} />
                    <Resizer table={table} id={id} />
                  </th>
                ) : (
                  <th key={id} scope="col" style={pinnedAt(id)}>
                    <input
                      type="checkbox"
                      aria-label={t('markAll')}
                      checked={table.getIsAllRowsSelected()}
                      onChange={table.getToggleAllRowsSelectedHandler()}
                    />
                  </th>
                )
              })}
            </tr>
          </thead>
          <tbody>
            {bounded && first && first.start > 0 ? <Spacer height={first.start} columns={leaves.length} /> : null}
            {visible.map((row, index) => (
              <tr
                key={row.id}
                data-key={row.id}
                className={open || select ? 'row open' : 'row'}
                aria-current={row.id === current ? 'true' : undefined}
                aria-rowindex={offset + index + 2}
                onClick={(event) =>
                  event.target instanceof HTMLElement && event.target.closest('a, button, input') ? undefined : press(row.original)
                }
              >
                {leaves.map(({ id }) => {
                  const column = byId.get(id)
                  return (
                    <td key={id} className={column?.right ? 'right' : undefined} style={pinnedAt(id)}>
                      {column ? (
                        column.cell(row.original)
                      ) : (
                        <input
                          type="checkbox"
                          aria-label={t('markRow')}
                          checked={row.getIsSelected()}
                          onChange={row.getToggleSelectedHandler()}
                        />
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
            {bounded && last && virtual.getTotalSize() > last.end ? (
              <Spacer height={virtual.getTotalSize() - last.end} columns={leaves.length} />
            ) : null}
          </tbody>
        </table>
        {open || select ? <span className="hidden-visually">{t('walk')}</span> : null}
      </div>
    </div>
  )
}

export type Shown<Row extends RowData> = ReactTable<typeof FEATURES, Row>

function definitionsOf<Row extends RowData>(columns: Column<Row>[], marks: boolean): ColumnDef<typeof FEATURES, Row>[] {
  const shown = columns.map((column): ColumnDef<typeof FEATURES, Row> => ({
    id: column.id,
    header: column.head,
    size: column.width ?? 140,
    minSize: 44,
  }))
  return marks ? [{ id: MARK, enableHiding: false, enableResizing: false, size: 34 }, ...shown] : shown
}

function next<T>(change: T | ((former: T) => T), former: T): T {
  return change instanceof Function ? change(former) : change
}

function sortOf<Row extends RowData>(column: Column<Row>, sort: Sort | undefined): 'ascending' | 'descending' | undefined {
  if (!column.sort || !sort) return undefined
  return sort === column.sort ? 'ascending' : sort === `-${column.sort}` ? 'descending' : undefined
}

function Head<Row extends RowData>({
  column,
  sort,
  sortBy,
}: {
  column: Column<Row>
  sort: Sort | undefined
  sortBy: ((sort: Sort) => void) | undefined
}) {
  const by = column.sort
  if (by && sortBy) {
    const descending = sort === `-${by}`
    return (
      <button type="button" onClick={() => sortBy(descending ? by : `-${by}`)}>
        {column.head}
        {sort === by || descending ? <Icon name={descending ? 'down' : 'up'} size={11} /> : null}
      </button>
    )
  }
  return column.hint ? (
    <Tip text={column.hint}>
      <button type="button" className="hinted">
        {column.head}
      </button>
    </Tip>
  ) : (
    <span title={column.head}>{column.head}</span>
  )
}

/** Drag to resize; a double click gives the column its own width again. */
function Resizer<Row extends RowData>({ table, id }: { table: Shown<Row>; id: string }) {
  const header = table.getFlatHeaders().find((each) => each.column.id === id)
  if (!header) return null
  const start = header.getResizeHandler()
  return (
    <span
      className={header.column.getIsResizing() ? 'resizer active' : 'resizer'}
      aria-hidden
      onMouseDown={(event) => {
        start(event)
      }}
      onTouchStart={(event) => {
        start(event)
      }}
      onDoubleClick={() => header.column.resetSize()}
    />
  )
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr className="spacer" aria-hidden>
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
}
