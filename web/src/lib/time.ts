/** Two kinds of time: wall (when it happened here; relative, in the reader's zone) and event (when it happened in the data; absolute, UTC). */

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

export function showRelative(iso: string, now: number, locale: string): string {
  const seconds = (Date.parse(iso) - now) / 1000
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  if (Math.abs(seconds) < 5) return format.format(0, 'second')
  for (const [index, [unit, size]] of STEPS.entries()) {
    const smaller = STEPS[index + 1]?.[1] ?? 0
    // From half a smaller unit below: 59 min 40 s is 1 hour, not 60 minutes.
    if (Math.abs(seconds) >= size - smaller / 2) return format.format(Math.round(seconds / size), unit)
  }
  return format.format(0, 'second')
}

/** Wall time in the reader's own zone, to the second, with the zone's name. */
export function showWall(iso: string, locale: string): string {
  return new Date(iso).toLocaleString(locale, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  })
}

const two = (value: number) => String(value).padStart(2, '0')

/** Event time, always UTC and sortable: `2011-05-03 14:00`, or only the day at midnight. */
export function showEvent(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const day = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
  return at.getUTCHours() || at.getUTCMinutes() ? `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}` : day
}

export function showEventExact(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.\d+)?Z$/, '')
}

/** Seconds since 1970, which charts use as x. */
export function epochSeconds(iso: string): number {
  return Date.parse(iso) / 1000
}

export function secondsBetween(from: string | null | undefined, to: string | null | undefined): number | null {
  return from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : null
}

/** `604800` as people write it: `7d`. */
export function compactDuration(seconds: number): string {
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
  ] satisfies [string, number][]) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`
  }
  return `${seconds}s`
}
