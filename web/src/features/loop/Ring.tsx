import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { Overview } from '../../api/types.ts'
import { listen } from '../../lib/live.ts'
import { showNumber } from '../../lib/units.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Spark } from '../../ui/Spark.tsx'
import { arrowHead, ringArrow, ringBoxes, toPath } from './geometry.ts'
import { leaves, missing, STAGES, type Stage } from './stages.ts'
import { StageCard } from './StageCard.tsx'
import { overviewQuery } from './queries.ts'
import './ring.css'

/** Smaller in a narrow place, so that the arrows between have room. */
const boxIn = (width: number) => (width < 680 ? { width: 152, height: 92 } : { width: 176, height: 88 })
const LIT_MS = 1_800

/** The loop as a ring: every stage with its state in a few words; an arrow is highlighted when an event passes it. */
export function Ring({ project, chosen, choose }: { project: string; chosen?: Stage | undefined; choose?: (stage: Stage) => void }) {
  const overview = useQuery({ ...overviewQuery(project), enabled: project !== '' })
  return <RingView overview={overview.data} project={project} chosen={chosen} choose={choose} />
}

function RingView({
  overview,
  project,
  chosen,
  choose,
}: {
  overview: Overview | undefined
  project: string
  chosen: Stage | undefined
  choose: ((stage: Stage) => void) | undefined
}) {
  const t = useTranslations()
  const [box, { width, height }] = useSize()
  const boxes = useMemo(() => ringBoxes(STAGES.length, width, height, boxIn(width)), [width, height])
  const lit = useLit()
  const unset = project === '' ? STAGES : missing(overview)
  return (
    <div ref={box} className="ring" style={{ height }} role="group" aria-label={t('home.ring')}>
      <svg width={width} height={height} aria-hidden>
        {STAGES.map((stage, index) => {
          const points = ringArrow(index, boxes, width, height)
          return (
            <g key={stage} className={lit.has(stage) ? 'arrow lit' : unset.includes(stage) ? 'arrow unset' : 'arrow'}>
              <path d={toPath(points.slice(0, -1))} fill="none" />
              <path className="head" d={arrowHead(points)} />
            </g>
          )
        })}
      </svg>
      <Middle overview={overview} project={project} />
      {STAGES.map((stage, index) => {
        const place = boxes[index]
        if (!place) return null
        const style = { left: place.x, top: place.y, width: place.width, height: place.height }
        const empty = unset.includes(stage)
        return (
          <StagePlace key={stage} stage={stage} project={project} empty={empty} chosen={stage === chosen} choose={choose} style={style}>
            <StageCard stage={stage} overview={empty ? undefined : overview} empty={empty} />
          </StagePlace>
        )
      })}
    </div>
  )
}

const PAGES = {
  data: '/p/$project/data',
  features: '/p/$project/data',
  pipeline: '/p/$project/pipelines',
  gate: '/p/$project/models',
  model: '/p/$project/models',
  endpoint: '/p/$project/endpoints',
  monitor: '/p/$project/monitoring',
} as const

const FEATURES_TAB: { tab: 'features' } = { tab: 'features' }

/** A stage that is set up is a link to its page; another one shows its next step. */
function StagePlace({
  stage,
  project,
  empty,
  chosen,
  choose,
  style,
  children,
}: {
  stage: Stage
  project: string
  empty: boolean
  chosen: boolean
  choose: ((stage: Stage) => void) | undefined
  style: { left: number; top: number }
  children: ReactNode
}) {
  if (empty || project === '') {
    return (
      <button type="button" className="stage unset" style={style} aria-pressed={chosen} onClick={() => choose?.(stage)}>
        {children}
      </button>
    )
  }
  const search = stage === 'features' ? FEATURES_TAB : {}
  return (
    <Link className="stage" style={style} to={PAGES[stage]} params={{ project }} search={search}>
      {children}
    </Link>
  )
}

/** What matters most, in the middle: the model in service and how well it does. */
function Middle({ overview, project }: { overview: Overview | undefined; project: string }) {
  const t = useTranslations()
  const locale = useLocale()
  const champion = overview?.stages.model.champion
  const monitor = overview?.stages.monitor
  if (!overview)
    return project === '' ? (
      <div className="ring-middle quiet">
        <Icon name="home" size={28} />
      </div>
    ) : (
      <div className="ring-middle" />
    )
  return (
    <div className="ring-middle">
      {champion ? (
        <>
          <div className="quiet">{t('home.running')}</div>
          <Link className="ring-champion" to="/p/$project/model-versions/$version" params={{ project, version: champion.version }}>
            {champion.model} <b>v{champion.number}</b>
          </Link>
          {monitor?.metric && monitor.spark.length > 1 ? (
            <>
              <div className="ring-value num">
                {monitor.metric.toUpperCase()}{' '}
                <b className={monitor.breached ? 'bad' : undefined}>
                  {showNumber(monitor.value ?? monitor.spark.findLast((each) => each !== null), locale)}
                </b>
                {monitor.expected === null ? null : (
                  <small className="quiet"> / {t('stage.expected', { value: showNumber(monitor.expected, locale) })}</small>
                )}
              </div>
              <Spark
                values={monitor.spark}
                width={150}
                height={34}
                label={t('stage.spark', { stage: monitor.metric.toUpperCase() })}
                tone={monitor.breached ? 'bad' : 'accent'}
              />
            </>
          ) : null}
        </>
      ) : (
        <div className="quiet">{t('home.nothingServed')}</div>
      )}
    </div>
  )
}

/** As wide as its place, as high as the window allows. */
function useSize(): [React.RefObject<HTMLDivElement | null>, { width: number; height: number }] {
  const box = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ width: 680, height: 560 })
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const measure = () => setSize({ width: Math.max(element.clientWidth, 580), height: Math.min(Math.max(innerHeight - 150, 500), 660) })
    const watch = new ResizeObserver(measure)
    watch.observe(element)
    window.addEventListener('resize', measure)
    return () => {
      watch.disconnect()
      window.removeEventListener('resize', measure)
    }
  }, [])
  return [box, size]
}

/** Arrows that light now: each for a moment after an event that passes it. */
function useLit(): Set<Stage> {
  const [lit, setLit] = useState<Set<Stage>>(new Set())
  useEffect(() => {
    const ends = new Map<Stage, ReturnType<typeof setTimeout>>()
    const stop = listen({
      ledger: (event) => {
        const stage = leaves(event.kind)
        if (!stage) return
        clearTimeout(ends.get(stage))
        setLit((now) => (now.has(stage) ? now : new Set(now).add(stage)))
        ends.set(
          stage,
          setTimeout(() => setLit((now) => new Set([...now].filter((each) => each !== stage))), LIT_MS),
        )
      },
    })
    return () => {
      stop()
      for (const end of ends.values()) clearTimeout(end)
    }
  }, [])
  return lit
}
