/** Search parameters of a link: read with these, so that a wrong link falls back instead of failing. */
export type Search = Record<string, unknown>

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((each) => each === value)
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export function texts(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const kept = value.map(text).filter((each) => each !== undefined)
  return kept.length ? kept : undefined
}
