import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { number, oneOf, text, texts } from '../lib/search.ts'
import { DATA_TABS, ENDPOINT_TABS, MODEL_TABS, RUN_TABS } from '../lib/tabs.ts'
import { Missing } from './Missing.tsx'
import { Shell } from './Shell.tsx'


const root = createRootRoute({ component: Shell, notFoundComponent: Missing })

const start = createRoute({ getParentRoute: () => root, path: '/', component: lazyRouteComponent(() => import('./Start.tsx')) })
const byId = createRoute({ getParentRoute: () => root, path: '/runs/$run', component: lazyRouteComponent(() => import('./RunById.tsx')) })

const project = createRoute({ getParentRoute: () => root, path: '/p/$project' })

const home = createRoute({
  getParentRoute: () => project,
  path: '/',
  component: lazyRouteComponent(() => import('./Home.tsx')),
  validateSearch: (search: Record<string, unknown>): { history?: 'all' | undefined } => ({ history: oneOf(search.history, ['all']) }),
})
const experiments = createRoute({
  getParentRoute: () => project,
  path: '/experiments',
  component: lazyRouteComponent(() => import('./Experiments.tsx')),
  validateSearch: (search: Record<string, unknown>): { experiment?: string | undefined; status?: string | undefined; kind?: 'run' | 'step' | undefined; sort?: string | undefined; run?: string | undefined } => ({
    experiment: text(search.experiment),
    status: text(search.status),
    kind: oneOf(search.kind, ['run', 'step']),
    sort: text(search.sort),
    run: text(search.run),
  }),
})
const run = createRoute({
  getParentRoute: () => project,
  path: '/runs/$run',
  component: lazyRouteComponent(() => import('./Run.tsx')),
  validateSearch: (search: Record<string, unknown>): { tab?: (typeof RUN_TABS)[number] | undefined; x?: 'time' | undefined; smooth?: number | undefined; from?: number | undefined; to?: number | undefined; find?: string | undefined } => ({
    tab: oneOf(search.tab, RUN_TABS),
    x: oneOf(search.x, ['time']),
    smooth: number(search.smooth),
    from: number(search.from),
    to: number(search.to),
    find: text(search.find),
  }),
})
const data = createRoute({
  getParentRoute: () => project,
  path: '/data',
  component: lazyRouteComponent(() => import('./Data.tsx')),
  validateSearch: (search: Record<string, unknown>): { tab?: (typeof DATA_TABS)[number] | undefined; source?: string | undefined; dataset?: string | undefined } => ({
    tab: oneOf(search.tab, DATA_TABS),
    source: text(search.source),
    dataset: text(search.dataset),
  }),
})
const snapshot = createRoute({ getParentRoute: () => project, path: '/snapshots/$snapshot', component: lazyRouteComponent(() => import('./Snapshot.tsx')) })
const pipelines = createRoute({
  getParentRoute: () => project,
  path: '/pipelines',
  component: lazyRouteComponent(() => import('./Pipelines.tsx')),
  validateSearch: (search: Record<string, unknown>): { pipeline?: string | undefined } => ({ pipeline: text(search.pipeline) }),
})
const pipelineRun = createRoute({
  getParentRoute: () => project,
  path: '/pipeline-runs/$run',
  component: lazyRouteComponent(() => import('./PipelineRun.tsx')),
  validateSearch: (search: Record<string, unknown>): { step?: string | undefined } => ({ step: text(search.step) }),
})
const models = createRoute({ getParentRoute: () => project, path: '/models', component: lazyRouteComponent(() => import('./Models.tsx')) })
const model = createRoute({
  getParentRoute: () => project,
  path: '/models/$model',
  component: lazyRouteComponent(() => import('./Model.tsx')),
  validateSearch: (search: Record<string, unknown>): { tab?: (typeof MODEL_TABS)[number] | undefined } => ({ tab: oneOf(search.tab, MODEL_TABS) }),
})
const modelVersion = createRoute({ getParentRoute: () => project, path: '/model-versions/$version', component: lazyRouteComponent(() => import('./ModelVersion.tsx')) })
const promotion = createRoute({ getParentRoute: () => project, path: '/promotions/$promotion', component: lazyRouteComponent(() => import('./Promotion.tsx')) })
const endpoints = createRoute({ getParentRoute: () => project, path: '/endpoints', component: lazyRouteComponent(() => import('./Endpoints.tsx')) })
const endpoint = createRoute({
  getParentRoute: () => project,
  path: '/endpoints/$endpoint',
  component: lazyRouteComponent(() => import('./Endpoint.tsx')),
  validateSearch: (search: Record<string, unknown>): { tab?: (typeof ENDPOINT_TABS)[number] | undefined } => ({ tab: oneOf(search.tab, ENDPOINT_TABS) }),
})
const prediction = createRoute({ getParentRoute: () => project, path: '/predictions/$prediction', component: lazyRouteComponent(() => import('./Prediction.tsx')) })
const monitoring = createRoute({
  getParentRoute: () => project,
  path: '/monitoring',
  component: lazyRouteComponent(() => import('./Monitoring.tsx')),
  validateSearch: (search: Record<string, unknown>): { endpoint?: string | undefined; monitor?: string | undefined; column?: string | undefined; from?: number | undefined; to?: number | undefined; marks?: string[] | undefined } => ({
    endpoint: text(search.endpoint),
    monitor: text(search.monitor),
    column: text(search.column),
    from: number(search.from),
    to: number(search.to),
    marks: texts(search.marks),
  }),
})
const lineageStart = createRoute({ getParentRoute: () => project, path: '/lineage', component: lazyRouteComponent(() => import('./LineageStart.tsx')) })
const lineage = createRoute({
  getParentRoute: () => project,
  path: '/lineage/$kind/$id',
  component: lazyRouteComponent(() => import('./Lineage.tsx')),
  validateSearch: (search: Record<string, unknown>): { direction?: 'up' | 'down' | undefined; depth?: number | undefined } => ({ direction: oneOf(search.direction, ['up', 'down']), depth: number(search.depth) }),
})
const admin = createRoute({ getParentRoute: () => project, path: '/admin', component: lazyRouteComponent(() => import('./Admin.tsx')) })
const dashed = createRoute({
  getParentRoute: () => root,
  path: '/p',
  beforeLoad: () => {
    throw redirect({ to: '/' })
  },
})

const tree = root.addChildren([
  start,
  byId,
  dashed,
  project.addChildren([home, experiments, run, data, snapshot, pipelines, pipelineRun, models, model, modelVersion, promotion, endpoints, endpoint, prediction, monitoring, lineageStart, lineage, admin]),
])

export const router = createRouter({ routeTree: tree, basepath: new URL(document.baseURI).pathname.replace(/\/$/, '') || '/', defaultPreload: false, scrollRestoration: true })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
