import type { RowData } from '@tanstack/react-table'
import { useTranslations } from 'use-intl'
import { Icon } from './Icon.tsx'
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuSeparator } from './Menu.tsx'
import type { Column, Shown } from './Table.tsx'

/** Shows, hides and pins the columns of a table. */
export function ColumnMenu<Row extends RowData>({
  table,
  columns,
  label,
  reset,
}: {
  table: Shown<Row>
  columns: Column<Row>[]
  label: string
  reset: () => void
}) {
  const t = useTranslations('ui')
  return (
    <div className="table-tools">
      <Menu
        trigger={
          <button type="button" className="button" aria-label={`${label}: ${t('columns')}`}>
            <Icon name="columns" size={13} />
            {t('columns')}
          </button>
        }
      >
        <MenuLabel>{t('shownColumns')}</MenuLabel>
        {columns.map((column) => {
          const shown = table.getColumn(column.id)
          return shown ? (
            <MenuCheck key={column.id} checked={shown.getIsVisible()} onChange={(checked) => shown.toggleVisibility(checked)}>
              {column.head || column.id}
            </MenuCheck>
          ) : null
        })}
        <MenuSeparator />
        <MenuLabel>{t('pinnedColumns')}</MenuLabel>
        {columns.map((column) => {
          const shown = table.getColumn(column.id)
          return shown?.getIsVisible() ? (
            <MenuCheck key={column.id} checked={shown.getIsPinned() !== false} onChange={(checked) => shown.pin(checked ? 'start' : false)}>
              {column.head || column.id}
            </MenuCheck>
          ) : null
        })}
        <MenuSeparator />
        <MenuItem onSelect={reset}>{t('resetColumns')}</MenuItem>
      </Menu>
    </div>
  )
}
