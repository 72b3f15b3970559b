/** Our own few signs, 16 px, drawn with the text's colour. */
const PATHS = {
  home: 'M8 2.2a5.8 5.8 0 1 1-5.3 3.4M2 2.6l.7 3.1 3.1-.6',
  experiments: 'M2 13.5h12M3.5 11l3-4 2.5 2 4-5.5',
  data: 'M8 2.5c3 0 5 .8 5 1.9S11 6.3 8 6.3 3 5.5 3 4.4s2-1.9 5-1.9zM3 4.4v3.7c0 1.1 2 1.9 5 1.9s5-.8 5-1.9V4.4M3 8.1v3.6c0 1.1 2 1.9 5 1.9s5-.8 5-1.9V8.1',
  features: 'M2.5 4h11M2.5 8h11M2.5 12h11M6 2.5v3M10.5 6.5v3M5 10.5v3',
  pipelines: 'M2.5 3h4v3h-4zM9.5 6.5h4v3h-4zM2.5 10h4v3h-4zM6.5 4.5h1.5c1 0 1.5 3.5 1.5 3.5M6.5 11.5h1.5c1 0 1.5-3.5 1.5-3.5',
  gate: 'M3 13.5V5.5M13 13.5V5.5M3 7h10M5.8 9.5l1.7 1.7 3-3.2M8 2v2.5',
  models: 'M8 2l5.5 3v6L8 14l-5.5-3V5zM2.5 5L8 8l5.5-3M8 8v6',
  endpoints: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01M8 5h3M8 11h3',
  monitoring: 'M1.5 8.5h3l2-5 3 9 2-4h3',
  lineage: 'M3.5 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM3.5 13a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM12.5 9.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM5 4.5c4 0 3 3.5 6 3.5M5 11.5c4 0 3-3.5 6-3.5',
  admin: 'M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6L5 5M11 11l1.4 1.4M3.6 12.4L5 11M11 5l1.4-1.4',
  good: 'M3 8.5l3.2 3.2L13 4.8',
  bad: 'M4 4l8 8M12 4l-8 8',
  warn: 'M8 2.5L14.5 13.5h-13zM8 6.5v3.3M8 11.6v.2',
  busy: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
  idle: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z',
  skip: 'M3 8h10M10 5l3 3-3 3',
  up: 'M8 13V3.5M4 7.5l4-4 4 4',
  down: 'M8 3v9.5M4 8.5l4 4 4-4',
  back: 'M9.5 3.5L5 8l4.5 4.5',
  forward: 'M6.5 3.5L11 8l-4.5 4.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3L14 14',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1.5v1.5M8 13v1.5M1.5 8h1.5M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  moon: 'M13 9.5A5.5 5.5 0 1 1 6.5 3a4.5 4.5 0 0 0 6.5 6.5z',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M4.5 2.8l8 5.2-8 5.2z',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3.2l2 1.3',
  table: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 3.5v9',
  external: 'M6 3H3v10h10v-3M9 2.5h4.5V7M13.5 2.5L7.5 8.5',
  stop: 'M4 4h8v8H4z',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16, label }: { name: IconName; size?: number; label?: string }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={1.5} strokeLinecap="round" strokeLinejoin="round" role={label ? 'img' : undefined} aria-label={label} aria-hidden={label ? undefined : true}>
      <path d={PATHS[name]} />
    </svg>
  )
}
