import type { Json, JsonRecord } from '../lib/json.ts'

/** What the server answers, as openapi.json describes it. Times are ISO 8601 with Z; NaN and infinities travel as text. */

export type Page<T> = { items: T[]; next: string | null }
export type WireNumber = number | 'NaN' | 'Infinity' | '-Infinity'

export type Project = { name: string; clock: 'event' | 'wall' | null; watermark: string | null; description: string; bundle: string | null; applied_at: string | null }
export type ProjectPage = { name: string; watermark: string | null; bundle: string; applied_at: string; definition: ProjectDefinition }

export type ProjectDefinition = {
  name: string
  clock: 'event' | 'wall'
  entities: { name: string; key: string; dtype: string }[]
  sources: SourceDefinition[]
  feature_views: FeatureViewDefinition[]
  feature_services: FeatureServiceDefinition[]
  pipelines: { name: string; description: string }[]
  endpoints: { name: string; model: string; features: string }[]
  monitors: { name: string; endpoint: string; kind: string; metric: string }[]
  triggers: TriggerDefinition[]
  description: string
}
export type SourceDefinition = { name: string; entity: string; event_time: string; columns: Record<string, string>; known_at: string | null; known_after_seconds: number; description: string }
export type FeatureDefinition = { name: string; aggregation: string; column: string; window_seconds: number; offset_seconds: number }
export type FeatureViewDefinition = { name: string; source: string; features: FeatureDefinition[]; description: string }
export type FeatureServiceDefinition = { name: string; source: string; request: string[]; views: string[]; label: string; description: string }
export type TriggerDefinition = { name: string; on: 'monitor' | 'schedule'; monitor: string | null; every_seconds: number | null; policy: { pipeline: string; endpoint: string; cooldown_seconds: number; gate: { metric: string; margin: number; confidence: number } } }

export type LedgerEvent = { sequence: number; kind: string; project: string; subject: string; payload: JsonRecord; at: string; event_at: string | null }

export type Experiment = { id: string; project: string; name: string; created_at: string; runs: number }
export type LastPoint = { step: number; value: WireNumber; at: string }
export type RunStatus = 'running' | 'finished' | 'failed' | 'killed'
export type Run = {
  id: string
  project: string
  experiment: string
  name: string
  kind: string
  status: RunStatus
  is_lost: boolean
  started_at: string
  finished_at: string | null
  duration_seconds: number
  error: string | null
  params: Record<string, string | number | boolean | null>
  tags: Record<string, string | number | boolean | null>
  metrics: Record<string, LastPoint>
}
export type Artifact = { id: string; run: string; name: string; blob: string; kind: string; size: number; media_type: string; created_at: string }
export type RunDetails = { run: Run; environment: JsonRecord; artifacts: Artifact[]; parent: string | null; children: string[] }
export type Series = { key: string; first_step: number[]; step: number[]; count: number[]; min: (WireNumber | null)[]; max: (WireNumber | null)[]; last: WireNumber[]; at: number[] }
export type Console = { lines: { position: number; text: string }[]; next: number }

export type LineageNode = { kind: string; id: string; label: string; at: string }
export type LineageEdge = { source: { kind: string; id: string }; target: { kind: string; id: string }; role: string }
export type Graph = { nodes: LineageNode[]; edges: LineageEdge[] }

export type Health = { status: string; version: string; database: string; failed_deliveries: number }
export type Job = { id: string; kind: string; project: string; subject: string; state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'; error: string | null; created_at: string; started_at: string | null; finished_at: string | null; payload: JsonRecord; result: Json }

/** The stations of the ring; null where nothing exists yet. Every `spark` is oldest first. */
export type Spark = (number | null)[]
export type Overview = {
  project: string
  clock: 'event' | 'wall'
  watermark: string | null
  stages: {
    data: { sources: number; rows: number; last_event_at: string | null; quarantined: number; spark: Spark }
    features: { views: number; features: number; services: number; keys: number | null }
    pipeline: { pipelines: number; runs: number; active: number; last: { id: string; pipeline: string; status: string; started_at: string; seconds: number | null; trigger: string | null } | null; spark: Spark }
    gate: { approved: number; rejected: number; last: { id: string; status: string; model: string; challenger: string; champion: string | null; improvement: number | null; at: string | null } | null }
    model: { models: number; versions: number; champion: { model: string; version: string; number: number; created_at: string } | null; spark: Spark }
    endpoint: { endpoints: number; name: string | null; state: string | null; requests: number; errors: number; rate: number | null; spark: Spark }
    monitor: { monitors: number; name: string | null; metric: string | null; value: number | null; expected: number | null; threshold: number | null; breached: boolean; alerts: number; spark: Spark }
  }
}

export type SourceState = {
  name: string
  entity: string
  key: string
  event_time: string
  columns: Record<string, string>
  known_at: string | null
  known_after_seconds: number
  description: string
  rows: number
  waiting: number
  first_event_at: string | null
  last_event_at: string | null
  quarantined: number
  snapshots: number
}
export type ViewAnswer = { view: FeatureViewDefinition; services: string[] }
export type ServiceAnswer = { service: FeatureServiceDefinition; inputs: string[]; endpoints: string[] }
export type SnapshotSummary = { id: string; dataset: string; version: number; until: string; rows: number; digest: string; columns: Record<string, string>; anomalies: number; taken_at: string; event_from: string | null; event_to: string | null }
export type ColumnSchema = { name: string; dtype: string; required: boolean; missing_rate: number; low: number | null; high: number | null; domain: string[] | null; unique: boolean }
export type Dataset = { id: string; project: string; name: string; created_at: string; snapshots: number; quarantined: number; schema: { columns: ColumnSchema[] } | null; schema_from: string | null; latest: SnapshotSummary | null }
export type ColumnStatistics = { name: string; dtype: string; rows: number; nulls: number; distinct: number; least: number | null; most: number | null; mean: number | null; deviation: number | null; edges: number[]; counts: number[]; top: [string, number][] }
export type Anomaly = { column: string; kind: string; message: string; rows: number }
export type Snapshot = {
  id: string
  project: string
  dataset: string
  table: string
  version: number
  until: string
  known_by: string
  rows: number
  digest: string
  columns: Record<string, string>
  statistics: ColumnStatistics[]
  anomalies: Anomaly[]
  taken_at: string
  event_from: string | null
  event_to: string | null
}
export type QuarantinedRow = { id: string; project: string; source: string; column: string; kind: string; why: string; event_at: string | null; values: JsonRecord; at: string }

export type DeploymentState = 'created' | 'live' | 'replaced' | 'rolled_back' | 'failed'
export type Deployment = { id: string; project: string; endpoint: string; version: string; revision: number; state: DeploymentState; reason: string; former: string | null; why: string | null; created_at: string; live_at: string | null }
export type Endpoint = {
  name: string
  project: string
  model: string
  features: string
  description: string
  created_at: string
  url: string | null
  state: string
  deployment: string | null
  version: string | null
  deployed_at: string | null
  /** Since its process started. */
  requests: number
  errors: number
  open_predictions: number
  counters: JsonRecord
  inputs: { name: string; dtype: string }[]
  days: [number, number][]
}
export type Prediction = { id: string; endpoint: string; event_at: string; received_at: string; version: string; deployment: string; entity: string | number; inputs: Record<string, string | number | boolean | null>; output: number }

export type Metric = 'mae' | 'wape' | 'rmse'
export type Verdict = 'ok' | 'near' | 'breach' | 'none'
export type Check = { monitor: string; endpoint: string; kind: 'quality' | 'drift'; at: string; day: number; version: string | null; verdict: Verdict; value: number | null; expected: number | null; threshold: number | null; score: number; rows: number; evidence: JsonRecord }
export type Alert = { id: string; project: string; monitor: string; endpoint: string; signal: 'quality' | 'drift'; version: string; opened_at: string; resolved_at: string | null; resolution: string | null; evidence: JsonRecord }
export type Monitor = { name: string; endpoint: string; kind: 'quality' | 'drift'; metric: Metric; window_seconds: number; tolerance: number; minimum_rows: number; description: string; state: 'breached' | 'waiting' | 'ok'; last: Check | null; alert: Alert | null }
export type DayQuality = { day: number; at: string; predictions: number; labelled: number; mature: boolean; metrics: Record<Metric, number | null>; versions: { version: string; predictions: number; labelled: number; metrics: Record<Metric, number | null> }[] }
export type Coverage = { predictions: number; labelled: number; pending: number; corrected: number; repeated: number; expected: number }
export type Quality = { items: DayQuality[]; coverage: Coverage }
export type DriftMatrix = { monitor: string | null; at: string[]; columns: { name: string; psi: (number | null)[]; thresholds: (number | null)[]; moved: boolean[] }[] }
/** The true value of a prediction; null on the wire while there is none. */
export type Label = { prediction_id: string; endpoint: string; value: number; labelled_at: string; joined: boolean }

export type Model = { id: string; project: string; name: string; created_at: string; versions: number; aliases: Record<string, string> }
export type VersionSummary = { id: string; project: string; model: string; number: number; aliases: string[]; format: string; size: number; metrics: Record<string, number>; cutoff: string | null; rows: number; pipeline_run: string | null; created_at: string }
export type AliasMove = { alias: string; version: string | null; former: string | null; at: string; reason: string }
export type ModelPage = { id: string; project: string; name: string; created_at: string; aliases: Record<string, string>; versions: VersionSummary[]; moves: AliasMove[] }
export type VersionPage = VersionSummary & {
  blob: string
  estimator: string
  signature: { inputs: { name: string; dtype: string }[]; output: { name: string; dtype: string } }
  baseline: { metric: string; days: { day: number; n: number; abs: number; sq: number; label: number }[] } | null
  mean_predictor: Record<string, number> | null
  frame: string | null
  reference: string | null
  golden: { inputs: Json[]; output: number }[]
  difference: number
  why_not_onnx: string
  run: string | null
  bundle: string | null
  features: string | null
}

export type GateVerdict = { passed: boolean; why: string; metric: string; rows: number; days: number; champion: number | null; challenger: number | null; improvement: number | null; low: number | null; high: number | null; share_better: number | null }
export type PromotionStatus = 'open' | 'approved' | 'rejected'
export type Promotion = {
  id: string
  project: string
  endpoint: string
  model: string
  challenger: string
  champion: string | null
  status: PromotionStatus
  gate: { metric: string; margin: number; confidence: number; resamples: number; minimum_rows: number }
  until: string
  verdict: GateVerdict | null
  opened_at: string
  decided_at: string | null
}

export type Firing = { trigger: string; at: string; pipeline_run: string; status: 'seen' | 'running' | 'finished' | 'failed' }
export type Trigger = { project: string; definition: TriggerDefinition; last: Firing | null }
export type Watch = { id: string; project: string; endpoint: string; model: string; deployment: string; version: string; former: string; window_from: string; window_to: string; metric: string; tolerance: number; state: 'open' | 'passed' | 'failed' | 'dropped'; evidence: JsonRecord | null; decided_at: string | null }

export type PipelineRunStatus = 'queued' | 'running' | 'finished' | 'failed' | 'cancelled'
export type StepState = 'waiting' | 'running' | 'finished' | 'cached' | 'failed' | 'skipped' | 'cancelled'
export type Call = { name: string; entrypoint: string; takes: string[]; timeout_seconds: number; retries: number }
export type PipelineRun = {
  id: string
  project: string
  pipeline: string
  bundle: string
  status: PipelineRunStatus
  trigger: string
  reason: string
  parameters: JsonRecord
  until: string
  cutoff: string
  error: string | null
  created_at: string
  started_at: string | null
  finished_at: string | null
  seconds: number | null
}
export type Pipeline = { name: string; project: string; description: string; steps: number; holdout_seconds: number; parameters: JsonRecord; calls: Call[]; last: PipelineRun | null }
export type StepValue = { format: string; type: string; digest: string; size: number; summary: JsonRecord }
export type Step = {
  name: string
  entrypoint: string
  state: StepState
  is_cached: boolean
  key: string | null
  key_parts: JsonRecord
  run: string | null
  produced_by: string | null
  takes: string[]
  inputs: Record<string, StepValue>
  arguments: JsonRecord
  output: StepValue | null
  attempts: number
  error: string | null
  started_at: string | null
  finished_at: string | null
  seconds: number | null
}
export type PipelineRunDetails = PipelineRun & { evidence: JsonRecord; steps: Step[]; versions: string[] }
