from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from meguri.db.metadata import Json, Micros, Serial, metadata

events = Table(
    "events",
    metadata,
    Column("sequence", Serial, primary_key=True, autoincrement=True),
    Column("kind", String(64), nullable=False),
    Column("project", String(128), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("payload", Json, nullable=False),
    Column("at", Micros, nullable=False),
    Column("event_at", Micros),
    Column("actor", String(160), nullable=False, server_default="unknown"),
    Index("ix_events_project_sequence", "project", "sequence"),
    Index("ix_events_actor", "actor", "sequence"),
    Index("ix_events_subject", "subject"),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("sequence", Serial, ForeignKey("events.sequence"), primary_key=True, autoincrement=False),
    Column("consumer", String(64), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("retry_at", Micros),
    Index("ix_deliveries_state_sequence", "state", "sequence"),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("project", String(128), primary_key=True),
    Column("at", Micros, nullable=False),
)
