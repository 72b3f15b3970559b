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
CREATE TABLE events (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    subject VARCHAR(160) NOT NULL,
    payload TEXT NOT NULL,
    at BIGINT NOT NULL,
    event_at BIGINT
);
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
    CONSTRAINT uq_jobs_id UNIQUE (id)
);
CREATE INDEX ix_jobs_project_state ON jobs (project, state);
CREATE INDEX ix_jobs_state_sequence ON jobs (state, sequence);
CREATE TABLE nodes (
    kind VARCHAR(32) NOT NULL,
    id VARCHAR(160) NOT NULL,
    project VARCHAR(128) NOT NULL,
    label VARCHAR(256) NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_nodes PRIMARY KEY (kind, id)
);
CREATE TABLE watermarks (
    project VARCHAR(128) NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_watermarks PRIMARY KEY (project)
);
CREATE TABLE deliveries (
    sequence INTEGER NOT NULL,
    consumer VARCHAR(64) NOT NULL,
    project VARCHAR(128) NOT NULL,
    state VARCHAR(16) NOT NULL,
    attempts INTEGER NOT NULL,
    error TEXT,
    CONSTRAINT pk_deliveries PRIMARY KEY (sequence, consumer),
    CONSTRAINT fk_deliveries_sequence FOREIGN KEY(sequence) REFERENCES events (sequence)
);
CREATE INDEX ix_deliveries_state_sequence ON deliveries (state, sequence);
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
    conditions TEXT NOT NULL,
    CONSTRAINT pk_runs PRIMARY KEY (id),
    CONSTRAINT fk_runs_experiment FOREIGN KEY(experiment) REFERENCES experiments (id)
);
CREATE INDEX ix_runs_experiment_started_at ON runs (experiment, started_at, id);
CREATE INDEX ix_runs_project_started_at ON runs (project, started_at, id);
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
