from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from meguri.db.metadata import Micros, metadata

nodes = Table(
    "nodes",
    metadata,
    Column("kind", String(32), primary_key=True),
    Column("id", String(160), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("label", String(256), nullable=False),
    Column("at", Micros, nullable=False),
)

edges = Table(
    "edges",
    metadata,
    Column("source_kind", String(32), primary_key=True),
    Column("source_id", String(160), primary_key=True),
    Column("target_kind", String(32), primary_key=True),
    Column("target_id", String(160), primary_key=True),
    Column("role", String(32), primary_key=True),
    Column("run", String(64)),
    Column("at", Micros, nullable=False),
    Index("ix_edges_target", "target_kind", "target_id"),
)
