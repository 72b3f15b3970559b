import type { ReactNode } from 'react'

export function DescriptionList({ items }: { items: ([string, ReactNode] | null)[] }) {
  return (
    <dl className="descriptions">
      {items
        .filter((item) => item !== null)
        .map(([label, value]) => (
          <DescriptionRow key={label} label={label} value={value} />
        ))}
    </dl>
  )
}

function DescriptionRow({ label, value }: { label: string; value: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value ?? '–'}</dd>
    </>
  )
}
