/** A tiny line without axes: the shape of what happened, its last value marked. */
export function Spark({
  values,
  width = 84,
  height = 22,
  label,
  tone = 'accent',
}: {
  values: (number | null)[]
  width?: number
  height?: number
  label: string
  tone?: 'accent' | 'warn' | 'bad'
}) {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return <svg width={width} height={height} aria-hidden />
  const low = Math.min(...known)
  const high = Math.max(...known)
  const x = (index: number) => 2 + (index * (width - 5)) / (values.length - 1)
  const y = (value: number) => (high === low ? height / 2 : height - 3 - ((value - low) * (height - 6)) / (high - low))
  let path = ''
  let pen = false
  let end: [number, number] | undefined
  values.forEach((value, index) => {
    if (value === null) {
      pen = false
      return
    }
    path += `${pen ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`
    pen = true
    end = [x(index), y(value)]
  })
  return (
    <svg width={width} height={height} role="img" aria-label={label} className={`spark ${tone}`}>
      <path d={path} fill="none" stroke="currentColor" strokeWidth={1.25} strokeLinejoin="round" />
      {end ? <circle cx={end[0]} cy={end[1]} r={2} fill="currentColor" /> : null}
    </svg>
  )
}
