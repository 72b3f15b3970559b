from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from meguri.db.metadata import Json, Micros, Serial, metadata

jobs = Table(
    "jobs",
    metadata,
    Column("sequence", Serial, primary_key=True, autoincrement=True),
    Column("id", String(160), nullable=False, unique=True),
    Column("kind", String(64), nullable=False),
    Column("project", String(128), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("payload", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("result", Json),
    Column("error", Text),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("started_at", Micros),
    Column("finished_at", Micros),
    Column("actor", String(160), nullable=False, server_default="unknown"),
    Index("ix_jobs_state_sequence", "state", "sequence"),
    Index("ix_jobs_project_state", "project", "state"),
    sqlite_autoincrement=True,
)
