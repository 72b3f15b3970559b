import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import * as v from 'valibot'
import { ADMIN_TABS, DATA_TABS, ENDPOINT_TABS, MODEL_TABS, RUN_TABS } from '../lib/tabs.ts'
import { Broken } from './Broken.tsx'
import { Missing } from './Missing.tsx'
import { Shell } from './Shell.tsx'

// Search parameters of links. A value that is not as described is left out, so that a wrong link still opens its page.
const text = v.fallback(v.optional(v.union([v.pipe(v.string(), v.minLength(1)), v.pipe(v.number(), v.transform(String))])), undefined)
const number = v.fallback(v.optional(v.pipe(v.number(), v.finite())), undefined)
const oneOf = <const T extends readonly string[]>(allowed: T) => v.fallback(v.optional(v.picklist(allowed)), undefined)

const root = createRootRoute({ component: Shell, notFoundComponent: Missing, errorComponent: Broken })

const start = createRoute({ getParentRoute: () => root, path: '/', component: lazyRouteComponent(() => import('./Start.tsx')) })
const account = createRoute({ getParentRoute: () => root, path: '/account', component: lazyRouteComponent(() => import('./Account.tsx')) })
const byId = createRoute({ getParentRoute: () => root, path: '/runs/$run', component: lazyRouteComponent(() => import('./RunById.tsx')) })

const project = createRoute({ getParentRoute: () => root, path: '/p/$project' })

const home = createRoute({
  getParentRoute: () => project,
  path: '/',
  component: lazyRouteComponent(() => import('./Home.tsx')),
  validateSearch: v.object({ history: oneOf(['all']) }),
})
const experiments = createRoute({
  getParentRoute: () => project,
  path: '/experiments',
  component: lazyRouteComponent(() => import('./Experiments.tsx')),
  validateSearch: v.object({ experiment: text, status: text, kind: oneOf(['run', 'step']), sort: text, run: text }),
})
const run = createRoute({
  getParentRoute: () => project,
  path: '/runs/$run',
  component: lazyRouteComponent(() => import('./Run.tsx')),
  validateSearch: v.object({ tab: oneOf(RUN_TABS), x: oneOf(['time']), smooth: number, from: number, to: number, find: text }),
})
const data = createRoute({
  getParentRoute: () => project,
  path: '/data',
  component: lazyRouteComponent(() => import('./Data.tsx')),
  validateSearch: v.object({ tab: oneOf(DATA_TABS), source: text, dataset: text }),
})
const snapshot = createRoute({
  getParentRoute: () => project,
  path: '/snapshots/$snapshot',
  component: lazyRouteComponent(() => import('./Snapshot.tsx')),
})
const pipelines = createRoute({
  getParentRoute: () => project,
  path: '/pipelines',
  component: lazyRouteComponent(() => import('./Pipelines.tsx')),
  validateSearch: v.object({ pipeline: text }),
})
const pipelineRun = createRoute({
  getParentRoute: () => project,
  path: '/pipeline-runs/$run',
  component: lazyRouteComponent(() => import('./PipelineRun.tsx')),
  validateSearch: v.object({ step: text }),
})
const models = createRoute({ getParentRoute: () => project, path: '/models', component: lazyRouteComponent(() => import('./Models.tsx')) })
const model = createRoute({
  getParentRoute: () => project,
  path: '/models/$model',
  component: lazyRouteComponent(() => import('./Model.tsx')),
  validateSearch: v.object({ tab: oneOf(MODEL_TABS) }),
})
const modelVersion = createRoute({
  getParentRoute: () => project,
  path: '/model-versions/$version',
  component: lazyRouteComponent(() => import('./ModelVersion.tsx')),
})
const promotion = createRoute({
  getParentRoute: () => project,
  path: '/promotions/$promotion',
  component: lazyRouteComponent(() => import('./Promotion.tsx')),
})
const endpoints = createRoute({
  getParentRoute: () => project,
  path: '/endpoints',
  component: lazyRouteComponent(() => import('./Endpoints.tsx')),
})
const endpoint = createRoute({
  getParentRoute: () => project,
  path: '/endpoints/$endpoint',
  component: lazyRouteComponent(() => import('./Endpoint.tsx')),
  validateSearch: v.object({ tab: oneOf(ENDPOINT_TABS) }),
})
const prediction = createRoute({
  getParentRoute: () => project,
  path: '/endpoints/$endpoint/predictions/$prediction',
  component: lazyRouteComponent(() => import('./Prediction.tsx')),
})
const monitoring = createRoute({
  getParentRoute: () => project,
  path: '/monitoring',
  component: lazyRouteComponent(() => import('./Monitoring.tsx')),
  validateSearch: v.object({ endpoint: text, monitor: text, column: text, alert: text, from: number, to: number }),
})
const lineageStart = createRoute({
  getParentRoute: () => project,
  path: '/lineage',
  component: lazyRouteComponent(() => import('./LineageStart.tsx')),
})
const lineage = createRoute({
  getParentRoute: () => project,
  path: '/lineage/$kind/$id',
  component: lazyRouteComponent(() => import('./Lineage.tsx')),
  validateSearch: v.object({ direction: oneOf(['up', 'down']), depth: number }),
})
const audit = createRoute({
  getParentRoute: () => project,
  path: '/audit',
  component: lazyRouteComponent(() => import('./Audit.tsx')),
  validateSearch: v.object({ scope: oneOf(['all']), actor: text, kind: text, since: text, until: text, event: number }),
})
const admin = createRoute({
  getParentRoute: () => project,
  path: '/admin',
  component: lazyRouteComponent(() => import('./Admin.tsx')),
  validateSearch: v.object({ tab: oneOf(ADMIN_TABS) }),
})
const withoutProject = createRoute({
  getParentRoute: () => root,
  path: '/p',
  beforeLoad: () => {
    throw redirect({ to: '/' })
  },
})

const pages = [
  home,
  experiments,
  run,
  data,
  snapshot,
  pipelines,
  pipelineRun,
  models,
  model,
  modelVersion,
  promotion,
  endpoints,
  endpoint,
  prediction,
  monitoring,
  lineageStart,
  lineage,
  audit,
  admin,
] as const
const tree = root.addChildren([start, account, byId, withoutProject, project.addChildren(pages)])

export const router = createRouter({
  routeTree: tree,
  basepath: new URL(document.baseURI).pathname.replace(/\/$/, '') || '/',
  defaultPreload: false,
  scrollRestoration: true,
  defaultErrorComponent: Broken,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
