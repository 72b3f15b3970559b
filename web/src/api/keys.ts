/**
 * The keys of everything that pages ask the server for, and which of them an event may have changed. The first word of a key is its topic;
 * an event makes all keys of its topics stale, so a topic that is missing below is a compile error, not a stale page.
 */

const TOPICS = [
  'me',
  'sessions',
  'tokens',
  'users',
  'audit',
  'projects',
  'overview',
  'history',
  'jobs',
  'health',
  'sources',
  'features',
  'datasets',
  'snapshots',
  'quarantine',
  'experiments',
  'runs',
  'series',
  'logs',
  'artifacts',
  'pipelines',
  'models',
  'promotions',
  'triggers',
  'endpoints',
  'predictions',
  'monitors',
  'alerts',
  'lineage',
  'search',
] as const

export type Topic = (typeof TOPICS)[number]
type Part = string | number | undefined
export type Key = readonly [Topic, ...Part[]]

const key = (topic: Topic, ...parts: Part[]): Key => [topic, ...parts]

export const keys = {
  /** Everything of a topic. */
  all: (topic: Topic) => key(topic),

  me: () => key('me'),
  mySessions: () => key('sessions', 'mine'),
  sessions: () => key('sessions', 'all'),
  myTokens: () => key('tokens', 'mine'),
  tokens: () => key('tokens', 'all'),
  users: () => key('users', 'all'),
  members: (project: string) => key('users', 'of', project),
  audit: (project: string | undefined, ...filter: Part[]) => key('audit', project, ...filter),

  projects: () => key('projects', 'all'),
  project: (project: string) => key('projects', 'one', project),
  overview: (project: string) => key('overview', project),
  history: (project: string, kinds: string, subject?: string) => key('history', project, kinds, subject),
  jobs: (project: string) => key('jobs', project),
  health: () => key('health'),

  sources: (project: string) => key('sources', project),
  featureViews: (project: string) => key('features', 'views', project),
  featureServices: (project: string) => key('features', 'services', project),
  datasets: (project: string) => key('datasets', project),
  snapshots: (project: string, dataset: string) => key('datasets', project, dataset, 'snapshots'),
  snapshot: (snapshot: string) => key('snapshots', snapshot),
  quarantine: (project: string, source?: string) => key('quarantine', project, source),

  experiments: (project: string) => key('experiments', project),
  runs: (project: string, ...filter: Part[]) => key('runs', 'of', project, ...filter),
  run: (run: string) => key('runs', 'one', run),
  series: (run: string, metric: string) => key('series', run, metric),
  logs: (run: string) => key('logs', run),
  artifact: (run: string, name: string) => key('artifacts', run, name),

  pipelines: (project: string) => key('pipelines', project),
  pipelineRuns: (project: string, pipeline?: string) => key('pipelines', project, 'runs', pipeline),
  pipelineRun: (run: string) => key('pipelines', 'run', run),

  models: (project: string) => key('models', project),
  model: (project: string, model: string) => key('models', project, model),
  versions: (project: string, model: string) => key('models', project, model, 'versions'),
  aliasMoves: (project: string, model: string) => key('models', project, model, 'alias-moves'),
  version: (version: string) => key('models', 'version', version),
  promotions: (project: string, challenger?: string) => key('promotions', 'of', project, challenger),
  promotion: (promotion: string) => key('promotions', 'one', promotion),
  triggers: (project: string) => key('triggers', project),

  endpoints: (project: string) => key('endpoints', project),
  endpoint: (project: string, endpoint: string) => key('endpoints', project, endpoint),
  deployments: (project: string, endpoint: string) => key('endpoints', project, endpoint, 'deployments'),
  predictions: (project: string, endpoint: string) => key('predictions', project, endpoint),
  prediction: (project: string, endpoint: string, prediction: string) => key('predictions', project, endpoint, prediction),
  label: (project: string, endpoint: string, prediction: string) => key('predictions', project, endpoint, prediction, 'label'),

  monitors: (project: string) => key('monitors', project),
  checks: (project: string, monitor: string) => key('monitors', project, monitor, 'checks'),
  quality: (project: string, endpoint: string) => key('monitors', project, endpoint, 'quality'),
  drift: (project: string, endpoint: string, monitor?: string) => key('monitors', project, endpoint, 'drift', monitor),
  alerts: (project: string) => key('alerts', project),

  lineage: (kind: string, id: string, direction: string, depth: number) => key('lineage', kind, id, direction, depth),
  search: (project: string, text: string) => key('search', project, text),
}

/** What every event may have changed. */
const ALWAYS: Topic[] = ['overview', 'history', 'jobs', 'audit', 'search']

/** By the first word of the kind of an event (`run.finished`). */
const TOUCHED: Record<string, Topic[]> = {
  project: ['projects', 'sources', 'datasets', 'features', 'pipelines', 'endpoints', 'monitors', 'triggers', 'lineage'],
  rows: ['sources', 'quarantine'],
  snapshot: ['datasets', 'lineage'],
  experiment: ['experiments'],
  run: ['runs', 'logs', 'experiments', 'projects', 'lineage'],
  pipeline_run: ['pipelines', 'runs', 'lineage'],
  model_version: ['models', 'lineage'],
  alias: ['models'],
  promotion: ['promotions', 'models', 'lineage'],
  deployment: ['endpoints', 'models', 'lineage'],
  watermark: ['projects', 'sources', 'endpoints', 'predictions', 'monitors'],
  monitor: ['monitors', 'alerts'],
  alert: ['alerts', 'monitors'],
  trigger: ['triggers'],
  bake: ['promotions', 'endpoints'],
  user: ['users', 'me'],
  member: ['users', 'me', 'projects'],
  role: ['users', 'me', 'projects'],
  token: ['tokens'],
  session: ['sessions'],
}

/** The topics that an event of this kind may have changed. */
export function touchedBy(kind: string): Topic[] {
  return [...ALWAYS, ...(TOUCHED[kind.split('.')[0] ?? ''] ?? [])]
}

/** What new points of a run change. */
export const TOUCHED_BY_POINTS: Topic[] = ['series', 'runs', 'logs']

export function topicOf(queryKey: readonly unknown[]): Topic | undefined {
  return TOPICS.find((topic) => topic === queryKey[0])
}
