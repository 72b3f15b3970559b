/**
 * A small histogram. With `edges` (one more than counts) a bar is as wide as its cell and as high as it is dense, so that cells between
 * quantiles look like what they are; without, all bars are as wide.
 */
export function Bars({
  counts,
  edges,
  width = 132,
  height = 20,
  label,
}: {
  counts: number[]
  edges?: number[] | undefined
  width?: number
  height?: number
  label: string
}) {
  const bars = place(counts, edges && edges.length === counts.length + 1 ? edges : undefined)
  return (
    <svg width={width} height={height} role="img" aria-label={label} className="bars">
      {bars.map((bar, index) => (
        <rect
          key={index}
          x={bar.from * width}
          y={height - 1 - bar.high * (height - 1)}
          width={Math.max(bar.wide * width - 0.75, 0.75)}
          height={bar.high * (height - 1)}
          fill="currentColor"
        />
      ))}
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--line-strong)" />
    </svg>
  )
}

export type Bar = { from: number; wide: number; high: number }

/** Shares of the picture: where each bar begins, how wide and how high it is. Very dense cells are cut, or they would hide the rest. */
export function place(counts: number[], edges: number[] | undefined): Bar[] {
  const first = edges?.[0]
  const last = edges?.[edges.length - 1]
  const span = first !== undefined && last !== undefined ? last - first : 0
  if (!edges || span <= 0) {
    const high = Math.max(1, ...counts)
    return counts.map((count, index) => ({
      from: index / counts.length,
      wide: 1 / counts.length,
      high: count === 0 ? 0 : Math.max(0.05, count / high),
    }))
  }
  const cells = counts.map((count, index) => {
    const from = ((edges[index] ?? 0) - (first ?? 0)) / span
    const wide = Math.max(((edges[index + 1] ?? 0) - (edges[index] ?? 0)) / span, 0.004)
    return { from, wide, density: count / wide }
  })
  const sorted = cells.map((cell) => cell.density).sort((one, other) => one - other)
  const most = Math.min(sorted[sorted.length - 1] ?? 1, 4 * (sorted[Math.floor(sorted.length * 0.7)] ?? 1)) || 1
  return cells.map((cell) => ({
    from: cell.from,
    wide: cell.wide,
    high: cell.density === 0 ? 0 : Math.min(1, Math.max(0.05, cell.density / most)),
  }))
}
