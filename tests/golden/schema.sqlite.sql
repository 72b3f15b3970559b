CREATE TABLE alerts (
    id VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    monitor VARCHAR(128) NOT NULL,
    endpoint VARCHAR(128) NOT NULL,
    signal VARCHAR(16) NOT NULL,
    version VARCHAR(64) NOT NULL,
    opened_day INTEGER NOT NULL,
    told_day INTEGER NOT NULL,
    opened_at BIGINT NOT NULL,
    resolved_at BIGINT,
    resolution VARCHAR(64),
    evidence TEXT NOT NULL,
    CONSTRAINT pk_alerts PRIMARY KEY (id)
);
CREATE INDEX ix_alerts_project_monitor ON alerts (project, monitor);
CREATE TABLE bake_periods (
    id VARCHAR(160) NOT NULL,
    project VARCHAR(128) NOT NULL,
    endpoint VARCHAR(128) NOT NULL,
    model VARCHAR(128) NOT NULL,
    deployment VARCHAR(64) NOT NULL,
    version VARCHAR(64) NOT NULL,
    former VARCHAR(64) NOT NULL,
    window_from BIGINT NOT NULL,
    window_to BIGINT NOT NULL,
    evaluate_from BIGINT NOT NULL,
    tolerance FLOAT NOT NULL,
    metric VARCHAR(16) NOT NULL,
    state VARCHAR(16) NOT NULL,
    evidence TEXT,
    decided_at BIGINT,
    CONSTRAINT pk_bake_periods PRIMARY KEY (id)
);
CREATE INDEX ix_bake_periods_project_state ON bake_periods (project, state);
CREATE TABLE bundles (
    digest VARCHAR(80) NOT NULL,
    project VARCHAR(128) NOT NULL,
    archive VARCHAR(80) NOT NULL,
    manifest BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_bundles PRIMARY KEY (digest)
);
CREATE TABLE checks (
    project VARCHAR(128) NOT NULL,
    monitor VARCHAR(128) NOT NULL,
    day INTEGER NOT NULL,
    endpoint VARCHAR(128) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    version VARCHAR(64),
    verdict VARCHAR(16) NOT NULL,
    value FLOAT,
    expected FLOAT,
    threshold FLOAT,
    score FLOAT NOT NULL,
    rows BIGINT NOT NULL,
    evidence TEXT NOT NULL,
    CONSTRAINT pk_checks PRIMARY KEY (project, monitor, day)
);
CREATE TABLE datasets (
    id VARCHAR(40) NOT NULL,
    project VARCHAR(128) NOT NULL,
    name VARCHAR(128) NOT NULL,
    created_at BIGINT NOT NULL,
    schema TEXT,
    schema_from VARCHAR(40),
    CONSTRAINT pk_datasets PRIMARY KEY (id),
    CONSTRAINT uq_datasets_project_name UNIQUE (project, name)
);
CREATE TABLE deployments (
    id VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    endpoint VARCHAR(128) NOT NULL,
    version VARCHAR(64) NOT NULL,
    revision INTEGER NOT NULL,
    state VARCHAR(16) NOT NULL,
    reason TEXT NOT NULL,
    former VARCHAR(64),
    why TEXT,
    spec TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    live_at BIGINT,
    CONSTRAINT pk_deployments PRIMARY KEY (id),
    CONSTRAINT uq_deployments_endpoint_revision UNIQUE (endpoint, revision)
);
CREATE INDEX ix_deployments_state ON deployments (state);
CREATE TABLE edges (
    source_kind VARCHAR(32) NOT NULL,
    source_id VARCHAR(160) NOT NULL,
    target_kind VARCHAR(32) NOT NULL,
    target_id VARCHAR(160) NOT NULL,
    role VARCHAR(32) NOT NULL,
    run VARCHAR(64),
    at BIGINT NOT NULL,
    CONSTRAINT pk_edges PRIMARY KEY (source_kind, source_id, target_kind, target_id, role)
);
CREATE INDEX ix_edges_target ON edges (target_kind, target_id);
CREATE TABLE endpoints (
    id VARCHAR(64) NOT NULL,
    name VARCHAR(128) NOT NULL,
    project VARCHAR(128) NOT NULL,
    model VARCHAR(128) NOT NULL,
    features VARCHAR(128) NOT NULL,
    description TEXT NOT NULL,
    port INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_endpoints PRIMARY KEY (id),
    CONSTRAINT uq_endpoints_project_name UNIQUE (project, name)
);
CREATE TABLE events (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    subject VARCHAR(160) NOT NULL,
    payload TEXT NOT NULL,
    at BIGINT NOT NULL,
    event_at BIGINT,
    actor VARCHAR(160) DEFAULT 'unknown' NOT NULL
);
CREATE INDEX ix_events_actor ON events (actor, sequence);
CREATE INDEX ix_events_project_sequence ON events (project, sequence);
CREATE INDEX ix_events_subject ON events (subject);
CREATE TABLE experiments (
    id VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    name VARCHAR(250) NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_experiments PRIMARY KEY (id),
    CONSTRAINT uq_experiments_project_name UNIQUE (project, name)
);
CREATE TABLE firings (
    project VARCHAR(128) NOT NULL,
    pipeline VARCHAR(128) NOT NULL,
    endpoint VARCHAR(128) NOT NULL,
    "trigger" VARCHAR(128) NOT NULL,
    at BIGINT NOT NULL,
    pipeline_run VARCHAR(64) NOT NULL,
    status VARCHAR(16) NOT NULL,
    CONSTRAINT pk_firings PRIMARY KEY (project, pipeline, endpoint)
);
CREATE INDEX ix_firings_pipeline_run ON firings (pipeline_run);
CREATE TABLE jobs (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id VARCHAR(160) NOT NULL,
    kind VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    subject VARCHAR(160) NOT NULL,
    payload TEXT NOT NULL,
    state VARCHAR(16) NOT NULL,
    result TEXT,
    error TEXT,
    attempts INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    actor VARCHAR(160) DEFAULT 'unknown' NOT NULL,
    CONSTRAINT uq_jobs_id UNIQUE (id)
);
CREATE INDEX ix_jobs_project_state ON jobs (project, state);
CREATE INDEX ix_jobs_state_sequence ON jobs (state, sequence);
CREATE TABLE label_cursors (
    endpoint VARCHAR(128) NOT NULL,
    segment INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    joined BIGINT NOT NULL,
    corrected BIGINT NOT NULL,
    repeated BIGINT NOT NULL,
    CONSTRAINT pk_label_cursors PRIMARY KEY (endpoint)
);
CREATE TABLE log_progress (
    endpoint VARCHAR(128) NOT NULL,
    segment BIGINT NOT NULL,
    "offset" BIGINT NOT NULL,
    profiled_until BIGINT NOT NULL,
    kept_until BIGINT NOT NULL,
    keeping_until BIGINT NOT NULL,
    CONSTRAINT pk_log_progress PRIMARY KEY (endpoint)
);
CREATE TABLE log_segments (
    endpoint VARCHAR(128) NOT NULL,
    segment BIGINT NOT NULL,
    rows INTEGER NOT NULL,
    CONSTRAINT pk_log_segments PRIMARY KEY (endpoint, segment)
);
CREATE TABLE models (
    id VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    name VARCHAR(128) NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_models PRIMARY KEY (id),
    CONSTRAINT uq_models_project_name UNIQUE (project, name)
);
CREATE TABLE nodes (
    kind VARCHAR(32) NOT NULL,
    id VARCHAR(160) NOT NULL,
    project VARCHAR(128) NOT NULL,
    label VARCHAR(256) NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_nodes PRIMARY KEY (kind, id)
);
CREATE TABLE open_predictions (
    endpoint VARCHAR(128) NOT NULL,
    id VARCHAR(256) NOT NULL,
    event_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    version VARCHAR(64) NOT NULL,
    deployment VARCHAR(64) NOT NULL,
    entity TEXT,
    inputs TEXT NOT NULL,
    output FLOAT NOT NULL,
    CONSTRAINT pk_open_predictions PRIMARY KEY (endpoint, id)
);
CREATE INDEX ix_open_predictions_endpoint_event_at ON open_predictions (endpoint, event_at);
CREATE TABLE outcome_days (
    endpoint VARCHAR(128) NOT NULL,
    version VARCHAR(64) NOT NULL,
    day INTEGER NOT NULL,
    n BIGINT NOT NULL,
    absolute TEXT NOT NULL,
    squared TEXT NOT NULL,
    label TEXT NOT NULL,
    CONSTRAINT pk_outcome_days PRIMARY KEY (endpoint, version, day)
);
CREATE TABLE outcomes (
    endpoint VARCHAR(128) NOT NULL,
    prediction_id VARCHAR(256) NOT NULL,
    event_at BIGINT NOT NULL,
    version VARCHAR(64) NOT NULL,
    deployment VARCHAR(64) NOT NULL,
    entity TEXT,
    inputs TEXT NOT NULL,
    output FLOAT NOT NULL,
    label FLOAT NOT NULL,
    labelled_at BIGINT NOT NULL,
    CONSTRAINT pk_outcomes PRIMARY KEY (endpoint, prediction_id)
);
CREATE INDEX ix_outcomes_endpoint_event_at ON outcomes (endpoint, event_at);
CREATE TABLE pending_labels (
    endpoint VARCHAR(128) NOT NULL,
    prediction_id VARCHAR(256) NOT NULL,
    label FLOAT NOT NULL,
    labelled_at BIGINT NOT NULL,
    CONSTRAINT pk_pending_labels PRIMARY KEY (endpoint, prediction_id)
);
CREATE TABLE pipeline_runs (
    id VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    pipeline VARCHAR(128) NOT NULL,
    bundle VARCHAR(80) NOT NULL,
    parameters TEXT NOT NULL,
    until_at BIGINT NOT NULL,
    cutoff_at BIGINT NOT NULL,
    "trigger" VARCHAR(128) NOT NULL,
    reason TEXT NOT NULL,
    evidence TEXT NOT NULL,
    timeout_seconds FLOAT,
    status VARCHAR(16) NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    CONSTRAINT pk_pipeline_runs PRIMARY KEY (id)
);
CREATE INDEX ix_pipeline_runs_project_created_at ON pipeline_runs (project, created_at, id);
CREATE TABLE profile_windows (
    endpoint VARCHAR(128) NOT NULL,
    version VARCHAR(64) NOT NULL,
    reference VARCHAR(80) NOT NULL,
    day INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    counts TEXT NOT NULL,
    CONSTRAINT pk_profile_windows PRIMARY KEY (endpoint, version, reference, day)
);
CREATE TABLE projects (
    name VARCHAR(128) NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_projects PRIMARY KEY (name)
);
CREATE TABLE promotions (
    id VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    endpoint VARCHAR(128) NOT NULL,
    model VARCHAR(128) NOT NULL,
    challenger VARCHAR(64) NOT NULL,
    champion VARCHAR(64),
    status VARCHAR(16) NOT NULL,
    gate TEXT NOT NULL,
    until BIGINT NOT NULL,
    verdict TEXT,
    opened_at BIGINT NOT NULL,
    decided_at BIGINT,
    CONSTRAINT pk_promotions PRIMARY KEY (id)
);
CREATE INDEX ix_promotions_challenger ON promotions (challenger);
CREATE INDEX ix_promotions_project_opened_at ON promotions (project, opened_at);
CREATE TABLE quarantine (
    id VARCHAR(80) NOT NULL,
    project VARCHAR(128) NOT NULL,
    source VARCHAR(128) NOT NULL,
    "column" VARCHAR(256) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    why TEXT NOT NULL,
    event_at BIGINT,
    "values" TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_quarantine PRIMARY KEY (id)
);
CREATE INDEX ix_quarantine_project_source_at ON quarantine (project, source, at);
CREATE TABLE snapshots (
    id VARCHAR(40) NOT NULL,
    project VARCHAR(128) NOT NULL,
    dataset VARCHAR(128) NOT NULL,
    "table" VARCHAR(256) NOT NULL,
    version BIGINT NOT NULL,
    until BIGINT NOT NULL,
    known_by BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    digest VARCHAR(80) NOT NULL,
    columns TEXT NOT NULL,
    statistics TEXT NOT NULL,
    anomalies TEXT NOT NULL,
    taken_at BIGINT NOT NULL,
    event_from BIGINT,
    event_to BIGINT,
    CONSTRAINT pk_snapshots PRIMARY KEY (id),
    CONSTRAINT uq_snapshots_project_dataset_until_known_by_digest UNIQUE (project, dataset, until, known_by, digest)
);
CREATE TABLE sources (
    project VARCHAR(128) NOT NULL,
    name VARCHAR(128) NOT NULL,
    definition TEXT NOT NULL,
    entity TEXT NOT NULL,
    live_since BIGINT,
    CONSTRAINT pk_sources PRIMARY KEY (project, name)
);
CREATE TABLE step_cache (
    project VARCHAR(128) NOT NULL,
    "key" VARCHAR(80) NOT NULL,
    run VARCHAR(64) NOT NULL,
    output TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_step_cache PRIMARY KEY (project, "key")
);
CREATE TABLE users (
    id VARCHAR(64) NOT NULL,
    name VARCHAR(64) NOT NULL,
    password VARCHAR(250),
    is_admin BOOLEAN NOT NULL,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_name UNIQUE (name)
);
CREATE TABLE watermarks (
    project VARCHAR(128) NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_watermarks PRIMARY KEY (project)
);
CREATE TABLE alias_moves (
    sequence INTEGER NOT NULL,
    model VARCHAR(64) NOT NULL,
    alias VARCHAR(128) NOT NULL,
    version VARCHAR(64),
    former VARCHAR(64),
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_alias_moves PRIMARY KEY (sequence),
    CONSTRAINT fk_alias_moves_model FOREIGN KEY(model) REFERENCES models (id)
);
CREATE INDEX ix_alias_moves_model ON alias_moves (model, sequence);
CREATE TABLE applied_bundles (
    project VARCHAR(128) NOT NULL,
    bundle VARCHAR(80) NOT NULL,
    applied_at BIGINT NOT NULL,
    CONSTRAINT pk_applied_bundles PRIMARY KEY (project),
    CONSTRAINT fk_applied_bundles_project FOREIGN KEY(project) REFERENCES projects (name)
);
CREATE TABLE deliveries (
    sequence INTEGER NOT NULL,
    consumer VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    state VARCHAR(16) NOT NULL,
    attempts INTEGER NOT NULL,
    error TEXT,
    retry_at BIGINT,
    CONSTRAINT pk_deliveries PRIMARY KEY (sequence, consumer),
    CONSTRAINT fk_deliveries_sequence FOREIGN KEY(sequence) REFERENCES events (sequence)
);
CREATE INDEX ix_deliveries_state_sequence ON deliveries (state, sequence);
CREATE TABLE login_codes (
    hash VARCHAR(64) NOT NULL,
    user VARCHAR(64) NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT pk_login_codes PRIMARY KEY (hash),
    CONSTRAINT fk_login_codes_user FOREIGN KEY(user) REFERENCES users (id)
);
CREATE TABLE model_versions (
    id VARCHAR(64) NOT NULL,
    model VARCHAR(64) NOT NULL,
    number INTEGER NOT NULL,
    origin VARCHAR(250),
    spec TEXT NOT NULL,
    baseline TEXT,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_model_versions PRIMARY KEY (id),
    CONSTRAINT uq_model_versions_model_number UNIQUE (model, number),
    CONSTRAINT fk_model_versions_model FOREIGN KEY(model) REFERENCES models (id),
    CONSTRAINT uq_model_versions_origin UNIQUE (origin)
);
CREATE TABLE roles (
    user VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    role VARCHAR(16) NOT NULL,
    CONSTRAINT pk_roles PRIMARY KEY (user, project),
    CONSTRAINT fk_roles_user FOREIGN KEY(user) REFERENCES users (id),
    CONSTRAINT fk_roles_project FOREIGN KEY(project) REFERENCES projects (name)
);
CREATE TABLE runs (
    id VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    experiment VARCHAR(64) NOT NULL,
    name VARCHAR(250) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    status VARCHAR(16) NOT NULL,
    started_at BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL,
    finished_at BIGINT,
    error TEXT,
    environment TEXT NOT NULL,
    CONSTRAINT pk_runs PRIMARY KEY (id),
    CONSTRAINT fk_runs_experiment FOREIGN KEY(experiment) REFERENCES experiments (id)
);
CREATE INDEX ix_runs_experiment_started_at ON runs (experiment, started_at, id);
CREATE INDEX ix_runs_project_started_at ON runs (project, started_at, id);
CREATE TABLE sessions (
    id VARCHAR(64) NOT NULL,
    user VARCHAR(64) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    user_agent VARCHAR(250) NOT NULL,
    address VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT fk_sessions_user FOREIGN KEY(user) REFERENCES users (id),
    CONSTRAINT uq_sessions_hash UNIQUE (hash)
);
CREATE INDEX ix_sessions_user ON sessions (user);
CREATE TABLE step_executions (
    pipeline_run VARCHAR(64) NOT NULL,
    name VARCHAR(128) NOT NULL,
    position INTEGER NOT NULL,
    entrypoint VARCHAR(250) NOT NULL,
    state VARCHAR(16) NOT NULL,
    "key" VARCHAR(80),
    key_parts TEXT NOT NULL,
    run VARCHAR(64),
    produced_by VARCHAR(64),
    inputs TEXT NOT NULL,
    arguments TEXT NOT NULL,
    output TEXT,
    attempts INTEGER NOT NULL,
    error TEXT,
    started_at BIGINT,
    finished_at BIGINT,
    seconds FLOAT,
    CONSTRAINT pk_step_executions PRIMARY KEY (pipeline_run, name),
    CONSTRAINT fk_step_executions_pipeline_run FOREIGN KEY(pipeline_run) REFERENCES pipeline_runs (id)
);
CREATE INDEX ix_step_executions_run ON step_executions (run);
CREATE TABLE tokens (
    id VARCHAR(64) NOT NULL,
    user VARCHAR(64) NOT NULL,
    name VARCHAR(64) NOT NULL,
    hint VARCHAR(16) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    former_hash VARCHAR(64),
    former_until BIGINT,
    scopes TEXT NOT NULL,
    projects TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    CONSTRAINT pk_tokens PRIMARY KEY (id),
    CONSTRAINT uq_tokens_user_name UNIQUE (user, name),
    CONSTRAINT fk_tokens_user FOREIGN KEY(user) REFERENCES users (id),
    CONSTRAINT uq_tokens_hash UNIQUE (hash),
    CONSTRAINT uq_tokens_former_hash UNIQUE (former_hash)
);
CREATE TABLE artifacts (
    id VARCHAR(64) NOT NULL,
    run VARCHAR(64) NOT NULL,
    name VARCHAR(500) NOT NULL,
    blob VARCHAR(80) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    size BIGINT NOT NULL,
    media_type VARCHAR(128) NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_artifacts PRIMARY KEY (id),
    CONSTRAINT uq_artifacts_run_name UNIQUE (run, name),
    CONSTRAINT fk_artifacts_run FOREIGN KEY(run) REFERENCES runs (id)
);
CREATE INDEX ix_artifacts_blob ON artifacts (blob);
CREATE TABLE console_lines (
    position INTEGER NOT NULL,
    run VARCHAR(64) NOT NULL,
    writer VARCHAR(64) NOT NULL,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_console_lines PRIMARY KEY (position),
    CONSTRAINT uq_console_lines_run_writer_number UNIQUE (run, writer, number),
    CONSTRAINT fk_console_lines_run FOREIGN KEY(run) REFERENCES runs (id)
);
CREATE INDEX ix_console_lines_run ON console_lines (run, position);
CREATE TABLE model_aliases (
    model VARCHAR(64) NOT NULL,
    alias VARCHAR(128) NOT NULL,
    version VARCHAR(64) NOT NULL,
    moved_at BIGINT NOT NULL,
    CONSTRAINT pk_model_aliases PRIMARY KEY (model, alias),
    CONSTRAINT fk_model_aliases_model FOREIGN KEY(model) REFERENCES models (id),
    CONSTRAINT fk_model_aliases_version FOREIGN KEY(version) REFERENCES model_versions (id)
);
CREATE TABLE params (
    run VARCHAR(64) NOT NULL,
    "key" VARCHAR(250) NOT NULL,
    value TEXT,
    CONSTRAINT pk_params PRIMARY KEY (run, "key"),
    CONSTRAINT fk_params_run FOREIGN KEY(run) REFERENCES runs (id)
);
CREATE TABLE tags (
    run VARCHAR(64) NOT NULL,
    "key" VARCHAR(250) NOT NULL,
    value TEXT,
    CONSTRAINT pk_tags PRIMARY KEY (run, "key"),
    CONSTRAINT fk_tags_run FOREIGN KEY(run) REFERENCES runs (id)
);
