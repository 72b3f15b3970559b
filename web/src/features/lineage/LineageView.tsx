import { useQuery } from '@tanstack/react-query'
import { Background, BackgroundVariant, Controls, Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { Link } from '@tanstack/react-router'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Graph, LineageNode } from '../../api/types.ts'
import { useTheme } from '../../lib/theme.ts'
import { shortId } from '../../lib/units.ts'
import { Answer, Bones } from '../../ui/Answer.tsx'
import { Icon, type IconName } from '../../ui/Icon.tsx'
import { Id } from '../../ui/Id.tsx'
import { Facts, Section } from '../../ui/Page.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { useProject } from '../projects/useProject.ts'
import './lineage.css'
import { keyOf, MOST, nearest, NODE, place, type Picture } from './layout.ts'
import { lineageQuery, type Direction } from './queries.ts'
import { ThingLink } from './ThingLink.tsx'

/** What a thing came from and what came of it, as a picture; beside it the chosen thing with links. */
export function LineageView({ kind, id, direction, depth, height = 'calc(100vh - 170px)' }: { kind: string; id: string; direction: Direction; depth: number; height?: string | number }) {
  const found = useQuery(lineageQuery(kind, id, direction, depth))
  return (
    <Answer of={found} bones={<Bones rows={12} />}>
      {(graph) => <LineageGraph graph={graph} center={{ kind, id }} height={height} />}
    </Answer>
  )
}

type Thing = Node<{ thing: LineageNode; center: boolean; flow: Picture['flow'] }, 'thing'>
const NODE_TYPES = { thing: ThingNode }
/** Roles are written on the arrows only where they can be read. */
const READABLE = 0.75

function LineageGraph({ graph, center, height }: { graph: Graph; center: { kind: string; id: string }; height: string | number }) {
  const t = useTranslations('lineage')
  const theme = useTheme()
  const middle = keyOf(center)
  const [chosen, setChosen] = useState(middle)
  const [box, size] = useBox()
  const [zoom, setZoom] = useState(1)
  const shown = useMemo(() => nearest(graph, center), [graph, center.kind, center.id])
  const picture = useMemo(() => place(shown, size), [shown, size])
  const nodes = useMemo<Thing[]>(
    () => picture.placed.map(({ node, x, y }) => ({ id: keyOf(node), type: 'thing', position: { x, y }, width: NODE.width, height: NODE.height, selected: keyOf(node) === chosen, data: { thing: node, center: keyOf(node) === middle, flow: picture.flow } })),
    [picture, middle, chosen],
  )
  const edges = useMemo<Edge[]>(
    () =>
      shown.edges.map((edge) => {
        const [source, target] = [keyOf(edge.source), keyOf(edge.target)]
        const near = source === chosen || target === chosen
        return { id: `${source} ${target} ${edge.role}`, source, target, selected: near, ...(zoom >= READABLE && near ? { label: roleName(edge.role, t) } : {}) }
      }),
    [shown, t, chosen, zoom],
  )
  const thing = graph.nodes.find((node) => keyOf(node) === chosen) ?? graph.nodes.find((node) => keyOf(node) === middle)
  return (
    <>
      {graph.nodes.length > MOST ? <p className="notice">{t('tooMany', { count: MOST })}</p> : null}
      <div className="lineage" style={{ height }}>
        <div ref={box} className="lineage-graph" role="group" aria-label={t('nodes', { nodes: graph.nodes.length, edges: graph.edges.length })}>
          <ReactFlow
            key={`${middle} ${shown.nodes.length} ${picture.flow}`}
            colorMode={theme}
            nodes={nodes}
            edges={edges}
            nodeTypes={NODE_TYPES}
            fitView
            fitViewOptions={{ maxZoom: 1, padding: 0.06 }}
            minZoom={0.15}
            onlyRenderVisibleElements
            nodesDraggable={false}
            nodesConnectable={false}
            edgesFocusable={false}
            onNodeClick={(_, node) => setChosen(node.id)}
            onInit={(flow) => setZoom(flow.getZoom())}
            onMove={(_, viewport) => setZoom(viewport.zoom)}
            proOptions={{ hideAttribution: true }}
          >
            <Background variant={BackgroundVariant.Dots} gap={20} size={1} />
            <Controls showInteractive={false} />
          </ReactFlow>
        </div>
        {thing ? <ThingDetail thing={thing} graph={graph} isCenter={keyOf(thing) === middle} choose={setChosen} /> : null}
      </div>
    </>
  )
}

/** The size of the place for the picture, in steps, so that it is not laid out anew with every pixel. */
function useBox(): [React.RefObject<HTMLDivElement | null>, { width: number; height: number }] {
  const box = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ width: 900, height: 700 })
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const round = (pixels: number) => Math.max(100, Math.round(pixels / 50) * 50)
    const watch = new ResizeObserver(() => setSize((now) => (now.width === round(element.clientWidth) && now.height === round(element.clientHeight) ? now : { width: round(element.clientWidth), height: round(element.clientHeight) })))
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  return [box, size]
}

type Translate = ReturnType<typeof useTranslations<'lineage'>>

function roleName(role: string, t: Translate): string {
  switch (role) {
    case 'read':
    case 'wrote':
    case 'trained':
    case 'evaluated':
    case 'deployed':
    case 'served':
    case 'derived_from':
      return t(`roles.${role}`)
    default:
      return role
  }
}

export function useKindName(): (kind: string) => string {
  const t = useTranslations('lineage')
  return (kind) => {
    switch (kind) {
      case 'source':
      case 'dataset':
      case 'snapshot':
      case 'feature_view':
      case 'feature_service':
      case 'training_frame':
      case 'frame':
      case 'bundle':
      case 'run':
      case 'pipeline':
      case 'pipeline_run':
      case 'artifact':
      case 'blob':
      case 'model':
      case 'model_version':
      case 'promotion':
      case 'deployment':
      case 'endpoint':
      case 'prediction':
      case 'monitor':
      case 'alert':
      case 'trigger':
      case 'value':
        return t(`kinds.${kind}`)
      default:
        return kind
    }
  }
}

const ICONS: Record<string, IconName> = {
  source: 'data', dataset: 'data', snapshot: 'data', feature_view: 'features', feature_service: 'features', training_frame: 'table', frame: 'table', run: 'experiments', pipeline: 'pipelines', pipeline_run: 'pipelines', bundle: 'copy',
  model: 'models', model_version: 'models', promotion: 'gate', deployment: 'endpoints', endpoint: 'endpoints', prediction: 'forward', monitor: 'monitoring', alert: 'warn', trigger: 'play',
}

function ThingNode({ data, selected }: NodeProps<Thing>) {
  const kindName = useKindName()
  return (
    <div className={`thing ${data.center ? 'center' : ''} ${selected ? 'selected' : ''}`}>
      <Handle type="target" position={data.flow === 'right' ? Position.Left : Position.Top} />
      <span className="thing-kind">
        <Icon name={ICONS[data.thing.kind] ?? 'idle'} size={12} />
        {kindName(data.thing.kind)}
      </span>
      <span className="thing-label">{data.thing.label === data.thing.id ? shortId(data.thing.id) : data.thing.label}</span>
      <Handle type="source" position={data.flow === 'right' ? Position.Right : Position.Bottom} />
    </div>
  )
}

function ThingDetail({ thing, graph, isCenter, choose }: { thing: LineageNode; graph: Graph; isCenter: boolean; choose: (key: string) => void }) {
  const t = useTranslations('lineage')
  const kindName = useKindName()
  const project = useProject()
  const labels = useMemo(() => new Map(graph.nodes.map((node) => [keyOf(node), node])), [graph])
  const from = graph.edges.filter((edge) => keyOf(edge.target) === keyOf(thing)).map((edge) => ({ role: edge.role, node: labels.get(keyOf(edge.source)) }))
  const to = graph.edges.filter((edge) => keyOf(edge.source) === keyOf(thing)).map((edge) => ({ role: edge.role, node: labels.get(keyOf(edge.target)) }))
  const list = (title: string, items: { role: string; node: LineageNode | undefined }[]) =>
    items.length ? (
      <Section title={`${title} (${items.length})`}>
        <ul className="thing-list">
          {items.slice(0, 40).map(({ role, node }, index) =>
            node ? (
              <li key={index}>
                <button type="button" onClick={() => choose(keyOf(node))}>
                  <span className="quiet">{kindName(node.kind)}</span> {node.label === node.id ? shortId(node.id) : node.label}
                </button>
                <span className="quiet" style={{ whiteSpace: 'nowrap' }}>{roleName(role, t)}</span>
              </li>
            ) : null,
          )}
        </ul>
      </Section>
    ) : null
  return (
    <aside className="lineage-detail">
      <h2 className="heading">{thing.label === thing.id ? shortId(thing.id) : thing.label}</h2>
      <Facts
        items={[
          [t('kinds.other') === kindName(thing.kind) ? t('kinds.other') : kindName(thing.kind), <Id key="id" id={thing.id} />],
          [t('seen'), <WallTime key="at" at={thing.at} />],
        ]}
      />
      <p className="bar" style={{ marginTop: 8 }}>
        <ThingLink kind={thing.kind} id={thing.id}>
          {t('openPage')}
        </ThingLink>
        {isCenter ? null : (
          <Link className="name" to="/p/$project/lineage/$kind/$id" params={{ project, kind: thing.kind, id: thing.id }}>
            {t('center')}
          </Link>
        )}
      </p>
      {list(t('comesFrom'), from)}
      {list(t('goesTo'), to)}
    </aside>
  )
}
