/** Reading JSON whose form is not known here (event payloads, evidence, parameters): every function names the type that it expects and may find nothing. */

export type JsonRecord = Record<string, unknown>

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at a path of keys, or undefined. */
export function at(value: unknown, ...path: string[]): unknown {
  let here = value
  for (const key of path) {
    if (!isRecord(here)) return undefined
    here = here[key]
  }
  return here
}

/** The first of these paths (`a.b`) that holds a text. */
export function textAt(value: unknown, ...paths: string[]): string | undefined {
  for (const path of paths) {
    const found = at(value, ...path.split('.'))
    if (typeof found === 'string' && found !== '') return found
  }
  return undefined
}

export function numberAt(value: unknown, ...paths: string[]): number | undefined {
  for (const path of paths) {
    const found = at(value, ...path.split('.'))
    if (typeof found === 'number') return found
  }
  return undefined
}

/** The texts of a list at a key; empty where there is none. */
export function textsAt(value: unknown, key: string): string[] {
  const found = at(value, key)
  return Array.isArray(found) ? found.filter((each) => typeof each === 'string') : []
}
