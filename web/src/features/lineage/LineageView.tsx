import { useQuery } from '@tanstack/react-query'
import { Background, BackgroundVariant, Controls, Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { Link } from '@tanstack/react-router'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Graph, LineageNode } from '../../api/types.ts'
import { useTheme } from '../../lib/theme.ts'
import { shortId } from '../../lib/units.ts'
import { QueryBoundary } from '../../ui/QueryBoundary.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Id } from '../../ui/Id.tsx'
import { DescriptionList } from '../../ui/DescriptionList.tsx'
import { Section } from '../../ui/Page.tsx'
import { WallTime } from '../../ui/Time.tsx'
import { useProject } from '../projects/useProject.ts'
import { kindIcon, useKindName } from '../../lib/kinds.ts'
import './lineage.css'
import { keyOf, MOST, nearest, NODE, place, type Picture } from './layout.ts'
import { lineageQuery, type Direction } from './queries.ts'
import { EntityLink } from './EntityLink.tsx'
import { linkIdOf } from './target.ts'

/** What a entity came from and what came of it, as a picture; beside it the chosen entity with links. */
export function LineageView({
  kind,
  id,
  direction,
  depth,
  height = 'calc(100vh - 170px)',
}: {
  kind: string
  id: string
  direction: Direction
  depth: number
  height?: string | number
}) {
  const found = useQuery(lineageQuery(kind, id, direction, depth))
  return (
    <QueryBoundary of={found} skeleton={<Skeleton rows={12} />}>
      {(graph) => <LineageGraph graph={graph} center={{ kind, id }} height={height} />}
    </QueryBoundary>
  )
}

type EntityFlowNode = Node<{ entity: LineageNode; center: boolean; flow: Picture['flow'] }, 'entity'>
const NODE_TYPES = { entity: EntityNode }
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
  const nodes = useMemo<EntityFlowNode[]>(
    () =>
      picture.placed.map(({ node, x, y }) => ({
        id: keyOf(node),
        type: 'entity',
        position: { x, y },
        width: NODE.width,
        height: NODE.height,
        selected: keyOf(node) === chosen,
        data: { entity: node, center: keyOf(node) === middle, flow: picture.flow },
      })),
    [picture, middle, chosen],
  )
  const edges = useMemo<Edge[]>(
    () =>
      shown.edges.map((edge) => {
        const [source, target] = [keyOf(edge.source), keyOf(edge.target)]
        const near = source === chosen || target === chosen
        return {
          id: `${source} ${target} ${edge.role}`,
          source,
          target,
          selected: near,
          ...(zoom >= READABLE && near ? { label: roleName(edge.role, t) } : {}),
        }
      }),
    [shown, t, chosen, zoom],
  )
  const entity = graph.nodes.find((node) => keyOf(node) === chosen) ?? graph.nodes.find((node) => keyOf(node) === middle)
  return (
    <>
      {graph.nodes.length > MOST ? <p className="notice">{t('tooMany', { count: MOST })}</p> : null}
      <div className="lineage" style={{ height }}>
        <div
          ref={box}
          className="lineage-graph"
          role="group"
          aria-label={t('nodes', { nodes: graph.nodes.length, edges: graph.edges.length })}
        >
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
        {entity ? <EntityDetails entity={entity} graph={graph} isCenter={keyOf(entity) === middle} choose={setChosen} /> : null}
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
    const watch = new ResizeObserver(() =>
      setSize((now) =>
        now.width === round(element.clientWidth) && now.height === round(element.clientHeight)
          ? now
          : { width: round(element.clientWidth), height: round(element.clientHeight) },
      ),
    )
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

function EntityNode({ data, selected }: NodeProps<EntityFlowNode>) {
  const kindName = useKindName()
  return (
    <div className={`entity ${data.center ? 'center' : ''} ${selected ? 'selected' : ''}`}>
      <Handle type="target" position={data.flow === 'right' ? Position.Left : Position.Top} />
      <span className="entity-kind">
        <Icon name={kindIcon(data.entity.kind)} size={12} />
        {kindName(data.entity.kind)}
      </span>
      <span className="entity-label">{data.entity.label === data.entity.id ? shortId(data.entity.id) : data.entity.label}</span>
      <Handle type="source" position={data.flow === 'right' ? Position.Right : Position.Bottom} />
    </div>
  )
}

function EntityDetails({
  entity,
  graph,
  isCenter,
  choose,
}: {
  entity: LineageNode
  graph: Graph
  isCenter: boolean
  choose: (key: string) => void
}) {
  const t = useTranslations('lineage')
  const kindName = useKindName()
  const project = useProject()
  const labels = useMemo(() => new Map(graph.nodes.map((node) => [keyOf(node), node])), [graph])
  const from = graph.edges
    .filter((edge) => keyOf(edge.target) === keyOf(entity))
    .map((edge) => ({ role: edge.role, node: labels.get(keyOf(edge.source)) }))
  const to = graph.edges
    .filter((edge) => keyOf(edge.source) === keyOf(entity))
    .map((edge) => ({ role: edge.role, node: labels.get(keyOf(edge.target)) }))
  const list = (title: string, items: { role: string; node: LineageNode | undefined }[]) =>
    items.length ? (
      <Section title={`${title} (${items.length})`}>
        <ul className="entity-list">
          {items.slice(0, 40).map(({ role, node }, index) =>
            node ? (
              <li key={index}>
                <button type="button" onClick={() => choose(keyOf(node))}>
                  <span className="quiet">{kindName(node.kind)}</span> {node.label === node.id ? shortId(node.id) : node.label}
                </button>
                <span className="quiet" style={{ whiteSpace: 'nowrap' }}>
                  {roleName(role, t)}
                </span>
              </li>
            ) : null,
          )}
        </ul>
      </Section>
    ) : null
  return (
    <aside className="lineage-detail">
      <h2 className="heading">{entity.label === entity.id ? shortId(entity.id) : entity.label}</h2>
      <DescriptionList
        items={[
          [t('kinds.other') === kindName(entity.kind) ? t('kinds.other') : kindName(entity.kind), <Id key="id" id={entity.id} />],
          [t('seen'), <WallTime key="at" at={entity.at} />],
        ]}
      />
      <p className="bar" style={{ marginTop: 8 }}>
        <EntityLink kind={entity.kind} id={linkIdOf({ ...entity, name: entity.label })}>
          {t('openPage')}
        </EntityLink>
        {isCenter ? null : (
          <Link className="name" to="/p/$project/lineage/$kind/$id" params={{ project, kind: entity.kind, id: entity.id }}>
            {t('center')}
          </Link>
        )}
      </p>
      {list(t('comesFrom'), from)}
      {list(t('goesTo'), to)}
    </aside>
  )
}
