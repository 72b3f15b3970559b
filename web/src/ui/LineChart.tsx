import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { token, useTheme } from '../lib/theme.ts'
import { showEvent } from '../lib/time.ts'
import { showNumber } from '../lib/units.ts'
import { Chart } from './Chart.tsx'

/** `color` names a token (`--series-1`), so that a chart follows the theme. */
export type Line = {
  label: string
  values: (number | null)[]
  color: string
  width?: number
  dash?: number[]
  dots?: boolean
  fill?: boolean
}
/** A moment that explains the line: a retraining, a promotion, a rollback. */
export type Mark = { x: number; label: string; color: string; sign: 'line' | 'up' | 'down' | 'cross' }
export type Level = { y: number; label: string; color: string }
export type Zoom = [number, number]

type Props = {
  title: string
  unit?: string | undefined
  /** Ascending. `event` and `wall`: seconds since 1970; `step`: any number. */
  x: number[]
  kind: 'event' | 'wall' | 'step'
  xLabel: string
  lines: Line[]
  marks?: Mark[]
  levels?: Level[]
  height?: number
  zoom?: Zoom | undefined
  setZoom?: (zoom: Zoom | undefined) => void
  /** Charts with the same name move their cursors together. */
  sync?: string
  from?: number
  actions?: ReactNode
  logarithmic?: boolean
  /** Points are whole days: no ticks between them. */
  daily?: boolean
  /** Pixels before the plot begins, so that charts under each other line up. */
  gutter?: number
}

const DAY = 86_400
/** How many of the newest lines have a key while the pointer is elsewhere; hovering shows the lines that have a value there. */
const KEYS = 6
const DAY_STEPS = [1, 2, 3, 4, 5, 7, 10, 15, 30, 60, 90, 120, 180, 365, 730].map((days) => days * DAY)

/** Lines over time or steps: hover reads the values, dragging zooms, a double click shows all again. */
export function LineChart(props: Props) {
  const {
    title,
    unit,
    x,
    kind,
    xLabel,
    lines,
    marks = [],
    levels = [],
    height = 180,
    sync,
    zoom,
    setZoom,
    from,
    actions,
    logarithmic = false,
    daily = false,
    gutter = 52,
  } = props
  const t = useTranslations('ui')
  const locale = useLocale()
  const theme = useTheme()
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const [index, setIndex] = useState<number>()
  const [markAt, setMarkAt] = useState<string>()
  const [own, setOwn] = useState<Zoom>()
  const shown = setZoom ? zoom : own
  const put = setZoom ?? setOwn

  // What uPlot's hooks read when they run: always the newest, without making the plot again.
  const live = useRef({ marks, levels, put })
  live.current = { marks, levels, put }

  const shape = `${kind} ${height} ${sync ?? ''} ${logarithmic} ${daily} ${gutter} ${from ?? ''} ${lines.map((line) => [line.label, line.color, line.width, line.dash, line.dots, line.fill].join()).join('|')}`
  const content = useMemo<uPlot.AlignedData>(() => [x, ...lines.map((line) => line.values)], [x, lines])

  useEffect(() => {
    const element = box.current
    if (!element) return
    const made = new uPlot(
      {
        width: Math.max(element.clientWidth, 120),
        height,
        padding: [14, 18, 0, 0],
        legend: { show: false },
        cursor: {
          y: false,
          points: { size: 6 },
          drag: { setScale: false, x: true, y: false },
          ...(sync ? { sync: { key: sync } } : {}),
        },
        tzDate: (seconds) => (kind === 'event' ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000)),
        scales: {
          x: { time: kind !== 'step' },
          y: {
            distr: logarithmic ? 3 : 1,
            range: (_, low, high) =>
              logarithmic ? [low || 1e-6, high || 1] : reach(from === undefined ? low : Math.min(from, low), high, live.current.levels),
          },
        },
        series: [
          {},
          ...lines.map((line) => ({
            label: line.label,
            stroke: () => token(line.color),
            width: line.width ?? 1.5,
            spanGaps: kind === 'step',
            points: { show: line.dots ?? false, size: 4 },
            ...(line.dash ? { dash: line.dash } : {}),
            ...(line.fill ? { fill: () => `${token(line.color)}22` } : {}),
          })),
        ],
        axes: [
          {
            stroke: () => token('--quiet'),
            grid: { stroke: () => token('--line'), width: 1 },
            ticks: { show: false },
            font: axisFont(),
            size: 24,
            gap: 4,
            ...(daily ? { incrs: DAY_STEPS } : {}),
            values: (_, splits, __, ___, step) =>
              splits.map((at, place) => (kind === 'step' ? showNumber(at, locale) : axisTime(at, step, kind, place === 0))),
          },
          {
            stroke: () => token('--quiet'),
            grid: { stroke: () => token('--line'), width: 1 },
            ticks: { show: false },
            font: axisFont(),
            size: gutter,
            gap: 6,
            values: (_, splits) => splits.map((at) => (at === null ? '' : axisNumber(at))),
          },
        ],
        hooks: {
          draw: [(self) => drawNotes(self, live.current.marks, live.current.levels)],
          setCursor: [
            (self) => {
              setIndex(self.cursor.idx ?? undefined)
              const left = self.cursor.left ?? -1
              const near = left < 0 ? undefined : live.current.marks.find((mark) => Math.abs(self.valToPos(mark.x, 'x') - left) < 6)
              setMarkAt(near?.label)
            },
          ],
          setSelect: [
            (self) => {
              if (self.select.width < 4) return
              const range: Zoom = [self.posToVal(self.select.left, 'x'), self.posToVal(self.select.left + self.select.width, 'x')]
              self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
              live.current.put(range)
            },
          ],
        },
      },
      content,
      element,
    )
    made.over.addEventListener('dblclick', () => live.current.put(undefined))
    plot.current = made
    const watch = new ResizeObserver(() => made.setSize({ width: Math.max(element.clientWidth, 120), height }))
    watch.observe(element)
    return () => {
      watch.disconnect()
      made.destroy()
      plot.current = undefined
    }
    // The content is put in by the effect below; the plot is made anew only when its shape changes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shape, locale])

  useEffect(() => {
    const made = plot.current
    if (!made) return
    made.batch(() => {
      made.setData(content, false)
      const first = x[0]
      const last = x[x.length - 1]
      if (shown) made.setScale('x', { min: shown[0], max: shown[1] })
      else if (first !== undefined && last !== undefined) made.setScale('x', { min: first, max: last === first ? first + 1 : last })
    })
  }, [content, shown, x, shape, locale])

  useEffect(() => {
    plot.current?.redraw(false)
  }, [theme, marks, levels])

  const at = index === undefined ? undefined : x[index]
  return (
    <Chart
      title={title}
      unit={unit}
      sheet={() => ({
        columns: [xLabel, ...lines.map((line) => line.label)],
        rows: x.map((value, place) => [
          kind === 'step' ? value : new Date(value * 1000).toISOString(),
          ...lines.map((line) => line.values[place] ?? null),
        ]),
      })}
      actions={
        <>
          {actions}
          {shown ? (
            <button type="button" className="button bare" onClick={() => put(undefined)}>
              {t('wholeRange')}
            </button>
          ) : null}
        </>
      }
    >
      <div className="chart-read">
        <span>
          {at === undefined
            ? xLabel
            : kind === 'step'
              ? `${xLabel} ${showNumber(at, locale)}`
              : kind === 'event'
                ? showEvent(new Date(at * 1000).toISOString())
                : new Date(at * 1000).toLocaleString(locale, { hourCycle: 'h23' })}
        </span>
        {(index === undefined ? lines.slice(-KEYS) : lines).map((line) => {
          const value = index === undefined ? lastKnown(line.values) : line.values[index]
          if (index !== undefined && (value === null || value === undefined) && lines.length > 3) return null
          return (
            <span key={line.label} className="key">
              <span className="swatch" style={{ background: `var(${line.color})` }} />
              {line.label} <b>{showNumber(value, locale)}</b>
            </span>
          )
        })}
        {markAt ? <b>{markAt}</b> : null}
      </div>
      <div ref={box} style={{ height }} data-points={x.length} />
    </Chart>
  )
}

function lastKnown(values: (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null
}

function reach(low: number | null, high: number | null, levels: Level[]): [number, number] {
  const ends = [low, high, ...levels.map((level) => level.y)].filter((value): value is number => value !== null && Number.isFinite(value))
  if (ends.length === 0) return [0, 1]
  const bottom = Math.min(...ends)
  const top = Math.max(...ends)
  const room = (top - bottom || Math.abs(top) || 1) * 0.08
  return [bottom >= 0 && bottom - room < 0 ? 0 : bottom - room, top + room]
}

function axisFont(): string {
  return `11px ${token('--font')}`
}

function axisNumber(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e9) return `${+(value / 1e9).toPrecision(3)}G`
  if (size >= 1e6) return `${+(value / 1e6).toPrecision(3)}M`
  if (size >= 1e4) return `${+(value / 1e3).toPrecision(3)}k`
  if (size !== 0 && size < 1e-3) return value.toExponential(0)
  return String(+value.toPrecision(4))
}

const two = (value: number) => String(value).padStart(2, '0')

/** Labels that are the same in every language: `2011-05`, `05-03`, `14:00`, `14:00:05`. */
function axisTime(seconds: number, step: number, kind: 'event' | 'wall', first: boolean): string {
  const at = kind === 'event' ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000)
  const day = `${two(at.getMonth() + 1)}-${two(at.getDate())}`
  if (step >= 28 * 86_400) return `${at.getFullYear()}-${two(at.getMonth() + 1)}`
  if (step >= DAY) return first || day === '01-01' ? `${at.getFullYear()}-${day}` : day
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`
  if (step < 60) return `${clock}:${two(at.getSeconds())}`
  return clock === '00:00' ? day : first ? `${day} ${clock}` : clock
}

function drawNotes(self: uPlot, marks: Mark[], levels: Level[]): void {
  const { ctx, bbox } = self
  const ratio = devicePixelRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top - 14 * ratio, bbox.width, bbox.height + 14 * ratio)
  ctx.clip()
  ctx.lineWidth = ratio
  ctx.font = `${11 * ratio}px ${token('--font')}`
  for (const level of levels) {
    const y = Math.round(self.valToPos(level.y, 'y', true))
    ctx.strokeStyle = token(level.color)
    ctx.setLineDash([5 * ratio, 4 * ratio])
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.fillStyle = token(level.color)
    ctx.textAlign = 'right'
    ctx.fillText(level.label, bbox.left + bbox.width - 4 * ratio, y - 4 * ratio)
  }
  for (const mark of marks) {
    const x = Math.round(self.valToPos(mark.x, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.strokeStyle = token(mark.color)
    ctx.fillStyle = token(mark.color)
    ctx.setLineDash(mark.sign === 'line' ? [2 * ratio, 3 * ratio] : [])
    ctx.globalAlpha = marks.length > 12 ? 0.35 : 0.7 // many lines must not hide what they explain
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.globalAlpha = 1
    sign(ctx, mark.sign, x, mark.sign === 'line' ? bbox.top + bbox.height : bbox.top - 6 * ratio, 4 * ratio)
  }
  ctx.restore()
}

/** Up: a version went live; down: it was rolled back; cross: it was refused; line: a retraining. */
function sign(ctx: CanvasRenderingContext2D, kind: Mark['sign'], x: number, y: number, size: number): void {
  ctx.setLineDash([])
  ctx.beginPath()
  if (kind === 'cross') {
    ctx.moveTo(x - size, y - size)
    ctx.lineTo(x + size, y + size)
    ctx.moveTo(x + size, y - size)
    ctx.lineTo(x - size, y + size)
    ctx.stroke()
    return
  }
  if (kind === 'line') ctx.arc(x, y, size * 0.7, 0, 2 * Math.PI)
  else {
    const tip = kind === 'up' ? -size : size
    ctx.moveTo(x, y + tip)
    ctx.lineTo(x + size, y - tip)
    ctx.lineTo(x - size, y - tip)
  }
  ctx.fill()
}
