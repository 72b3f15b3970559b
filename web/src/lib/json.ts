/** Reading JSON whose form is not known here (event payloads, evidence, parameters): every look says what it expects and may find nothing. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonRecord = { [key: string]: Json }

export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at a path of keys, or undefined. */
export function at(value: Json | undefined, ...path: string[]): Json | undefined {
  let here = value
  for (const key of path) {
    if (!isRecord(here)) return undefined
    here = here[key]
  }
  return here
}

/** The first of these paths (`a.b`) that holds a string. */
export function textAt(value: Json | undefined, ...paths: string[]): string | undefined {
  for (const path of paths) {
    const found = at(value, ...path.split('.'))
    if (typeof found === 'string' && found !== '') return found
  }
  return undefined
}

export function numberAt(value: Json | undefined, ...paths: string[]): number | undefined {
  for (const path of paths) {
    const found = at(value, ...path.split('.'))
    if (typeof found === 'number') return found
  }
  return undefined
}

/** The strings of a list at a key; empty where there is none. */
export function textsAt(value: Json | undefined, key: string): string[] {
  const found = at(value, key)
  return Array.isArray(found) ? found.filter((each) => typeof each === 'string') : []
}
