/** Numbers as people read them in a dense table: sensible precision, never more than is known. */

const NONE = '–'

/** 4 significant digits below 10,000, whole numbers grouped above; tiny numbers in scientific form. */
export function showNumber(value: number | null | undefined, locale: string): string {
  if (value === null || value === undefined) return NONE
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size !== 0 && size < 0.0005) return value.toExponential(2)
  if (Number.isInteger(value) || size >= 10_000) return value.toLocaleString(locale, { maximumFractionDigits: 0 })
  const digits = size >= 1_000 ? 1 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

export function showCount(value: number | null | undefined, locale: string): string {
  return value === null || value === undefined ? NONE : Math.round(value).toLocaleString(locale)
}

/** 1,234,567 -> 1.23M (en) or 123万 (ja), for places with no room; exact below 10,000. */
export function showCompact(value: number | null | undefined, locale: string): string {
  if (value === null || value === undefined) return NONE
  if (Math.abs(value) < 10_000) return showCount(value, locale)
  return value.toLocaleString(locale, { notation: 'compact', maximumSignificantDigits: 3 })
}

export function showShare(value: number | null | undefined, locale: string, digits = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE
  return value.toLocaleString(locale, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Seconds as 1.2 s, 3 min 20 s, 2 h 5 min; symbols of SI, the same in both languages. */
export function showSeconds(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE
  if (value < 0.0995) return `${(value * 1000).toFixed(value < 0.00995 ? 1 : 0)} ms`
  if (value < 9.95) return `${value.toFixed(1)} s`
  if (value < 59.5) return `${Math.round(value)} s`
  if (value < 3_570) {
    const whole = Math.round(value)
    return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`
  }
  if (value < 86_400) {
    const minutes = Math.round(value / 60)
    return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`
  }
  const hours = Math.round(value / 3_600)
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${hours / 24} d`
}

export function showBytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  if (value < 1_000) return `${value} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let size = value
  let unit = 'B'
  for (const next of units) {
    if (size < 1_000) break
    size /= 1_000
    unit = next
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`
}

/** `run_01kabcdefghij...` -> `run_…ghijkl`: the end is the random part, which differs between two ids. */
export function shortId(id: string): string {
  if (id.startsWith('sha256:')) return id.slice(7, 15)
  const [prefix, rest] = [id.slice(0, id.indexOf('_') + 1), id.slice(id.indexOf('_') + 1)]
  return prefix && rest.length > 12 ? `${prefix}…${rest.slice(-6)}` : id.length > 24 ? `${id.slice(0, 10)}…${id.slice(-8)}` : id
}

/** A parameter, tag or input of any plain type. */
export function showValue(value: string | number | boolean | null | undefined, locale: string): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'number' ? showNumber(value, locale) : String(value)
}
