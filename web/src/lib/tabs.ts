/** The tabs of pages, which links name as `?tab=`. */
export const RUN_TABS = ['overview', 'charts', 'params', 'artifacts', 'environment', 'logs', 'lineage'] as const
export const DATA_TABS = ['sources', 'snapshots', 'features', 'quarantine'] as const
export const MODEL_TABS = ['versions', 'promotions', 'lineage'] as const
export const ENDPOINT_TABS = ['overview', 'predictions', 'deployments', 'try', 'lineage'] as const
export const ADMIN_TABS = ['overview', 'jobs', 'members', 'users', 'tokens', 'sessions'] as const

export type Tab = (typeof RUN_TABS | typeof DATA_TABS | typeof MODEL_TABS | typeof ENDPOINT_TABS | typeof ADMIN_TABS)[number]
