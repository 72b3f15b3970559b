/** What a chart or a table shows, as rows that can be read without it. */
export type Sheet = { columns: string[]; rows: (string | number | null)[][] }

export function toCsv(sheet: Sheet): string {
  const cell = (value: string | number | null) => {
    const text = value === null ? '' : String(value)
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [sheet.columns, ...sheet.rows].map((row) => row.map(cell).join(',')).join('\r\n')
}

export function download(name: string, content: string, type = 'text/csv;charset=utf-8'): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000)
}
