import { useLocale } from 'use-intl'
import { isRecord } from '../../lib/json.ts'
import { showNumber } from '../../lib/units.ts'
import { Linked } from '../lineage/Linked.tsx'
import './history.css'

/** Evidence as it was kept: names and values, nested ones with a dot; long lists are cut. */
export function Evidence({ of }: { of: unknown }) {
  const locale = useLocale()
  const rows = flatten(of, '', 0).slice(0, 60)
  return (
    <dl className="evidence">
      {rows.map(([name, value]) => (
        <EvidenceRow key={name} name={name} value={typeof value === 'number' ? showNumber(value, locale) : String(value)} />
      ))}
    </dl>
  )
}

function EvidenceRow({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Linked text={value} />
      </dd>
    </>
  )
}

function flatten(value: unknown, name: string, depth: number): [string, string | number | boolean][] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each !== 'object' || each === null))
      return value.length ? [[name, value.length > 12 ? `${value.slice(0, 12).join(', ')} … (${value.length})` : value.join(', ')]] : []
    return value.slice(0, 8).flatMap((each, index) => flatten(each, `${name}[${index}]`, depth + 1))
  }
  if (isRecord(value)) return Object.entries(value).flatMap(([key, each]) => flatten(each, name ? `${name}.${key}` : key, depth + 1))
  if (typeof value === 'string' && value.startsWith('sha256:')) return [[name, value.slice(7, 19)]]
  return [[name, typeof value === 'number' || typeof value === 'boolean' ? value : String(value)]]
}
