import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { DriftMatrix } from '../../api/types.ts'
import { epochSeconds, showEvent } from '../../lib/time.ts'
import { showNumber } from '../../lib/units.ts'
import { QueryBoundary } from '../../ui/QueryBoundary.tsx'
import { ChartSkeleton } from '../../ui/Skeleton.tsx'
import { Waiting } from '../../ui/Empty.tsx'
import { GUTTER, HeatMap, type Cell } from '../../ui/HeatMap.tsx'
import { LineChart, type Zoom } from '../../ui/LineChart.tsx'
import { driftQuery } from './queries.ts'

type Props = {
  project: string
  endpoint: string
  monitor: string
  column: string | undefined
  choose: (column: string) => void
  zoom: Zoom | undefined
  setZoom: (zoom: Zoom | undefined) => void
}

/** Drift of every column over event time as colour; a chosen column opens as a line with its own threshold. */
export function DriftMap({ project, endpoint, monitor, column, choose, zoom, setZoom }: Props) {
  const t = useTranslations('monitoring')
  const drift = useQuery(driftQuery(project, endpoint, monitor))
  return (
    <QueryBoundary of={drift} skeleton={<ChartSkeleton height={160} />}>
      {(matrix) =>
        matrix.columns.length === 0 ? (
          <Waiting title={t('drift')} text={t('noDrift')} />
        ) : (
          <Shown matrix={matrix} column={column} choose={choose} zoom={zoom} setZoom={setZoom} />
        )
      }
    </QueryBoundary>
  )
}

/** Wider than this a cell could not be seen: neighbouring checks share one, which shows the strongest of them. */
const MOST_CELLS = 140

function Shown({
  matrix,
  column,
  choose,
  zoom,
  setZoom,
}: {
  matrix: DriftMatrix
  column: string | undefined
  choose: (column: string) => void
  zoom: Zoom | undefined
  setZoom: (zoom: Zoom | undefined) => void
}) {
  const t = useTranslations('monitoring')
  const locale = useLocale()
  const view = useMemo(() => bucket(matrix, zoom), [matrix, zoom])
  const rows = useMemo(
    () => [...matrix.columns].sort((one, other) => moves(other) - moves(one)).map((each) => ({ id: each.name, label: each.name })),
    [matrix],
  )
  const x = useMemo(() => matrix.at.map(epochSeconds), [matrix])
  const chosen = matrix.columns.find((each) => each.name === column)
  return (
    <>
      <HeatMap
        title={t('drift')}
        unit={t('psi')}
        rows={rows}
        columns={view.columns}
        cell={(row, place) => {
          const found = view.cells.get(row)?.[place] ?? null
          return found && { ...found, note: t('ofThreshold', { value: showNumber(found.strength, locale) }) }
        }}
        legend={t('driftLegend')}
        choose={choose}
        chosen={column}
      />
      {chosen ? (
        <LineChart
          title={t('driftOf', { column: chosen.name })}
          unit={t('psi')}
          x={x}
          kind="event"
          xLabel={t('eventDay')}
          lines={[
            { label: 'PSI', values: chosen.psi, color: '--heat' },
            { label: t('threshold'), values: chosen.thresholds, color: '--bad', width: 1, dash: [4, 4] },
          ]}
          height={130}
          from={0}
          sync="monitoring"
          daily
          gutter={GUTTER}
          zoom={zoom}
          setZoom={setZoom}
        />
      ) : null}
    </>
  )
}

function tickOf(at: string, index: number, months: boolean): string {
  const day = showEvent(at)
  return months ? day.slice(0, 7) : index === 0 ? day.slice(0, 10) : day.slice(5, 10)
}

function moves(column: DriftMatrix['columns'][number]): number {
  return column.moved.reduce((count, moved) => count + (moved ? 1 : 0), 0)
}

function bucket(
  matrix: DriftMatrix,
  zoom: Zoom | undefined,
): { columns: { id: string; label: string; tick: string }[]; cells: Map<string, (Cell | null)[]> } {
  const places = matrix.at
    .map((at, index) => ({ at, index }))
    .filter(({ at }) => !zoom || (epochSeconds(at) >= zoom[0] && epochSeconds(at) <= zoom[1]))
  const size = Math.max(1, Math.ceil(places.length / MOST_CELLS))
  const groups: { at: string; last: string; from: number; to: number }[] = []
  for (let start = 0; start < places.length; start += size) {
    const first = places[start]
    const last = places[Math.min(start + size, places.length) - 1]
    if (first && last) groups.push({ at: first.at, last: last.at, from: first.index, to: last.index })
  }
  const months = places.length > 300
  const columns = groups.map((group, index) => ({
    id: group.at,
    label: size > 1 ? `${showEvent(group.at)} – ${showEvent(group.last)}` : showEvent(group.at),
    tick: tickOf(group.at, index, months),
  }))
  const cells = new Map(
    matrix.columns.map((column): [string, (Cell | null)[]] => [
      column.name,
      groups.map((group) => {
        let best: Cell | undefined
        for (let index = group.from; index <= group.to; index += 1) {
          const value = column.psi[index]
          const threshold = column.thresholds[index]
          if (typeof value !== 'number' || typeof threshold !== 'number') continue
          const strength = threshold > 0 ? value / threshold : 0
          if (best === undefined || strength > best.strength)
            best = { value, strength, marked: best?.marked === true || column.moved[index] === true }
          else if (column.moved[index]) best = { ...best, marked: true }
        }
        return best ?? null
      }),
    ]),
  )
  return { columns, cells }
}
