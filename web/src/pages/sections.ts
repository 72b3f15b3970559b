/** The sections of a project, in the order in which the loop goes round. */
export const SECTIONS = [
  { id: 'home', to: '/p/$project' },
  { id: 'experiments', to: '/p/$project/experiments' },
  { id: 'data', to: '/p/$project/data' },
  { id: 'pipelines', to: '/p/$project/pipelines' },
  { id: 'models', to: '/p/$project/models' },
  { id: 'endpoints', to: '/p/$project/endpoints' },
  { id: 'monitoring', to: '/p/$project/monitoring' },
  { id: 'lineage', to: '/p/$project/lineage' },
  { id: 'audit', to: '/p/$project/audit' },
  { id: 'admin', to: '/p/$project/admin' },
] as const
