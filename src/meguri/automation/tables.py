from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Float, Index, Row, String, Table, insert, select, update

from meguri.automation.model import Firing, Watch
from meguri.core.errors import NotFound
from meguri.db.dialect import upsert
from meguri.db.metadata import Json, Micros, metadata

firings = Table(
    "firings",
    metadata,
    Column("project", String(128), primary_key=True),
    Column("pipeline", String(128), primary_key=True),
    Column("endpoint", String(128), primary_key=True),
    Column("trigger", String(128), nullable=False),
    Column("at", Micros, nullable=False),
    Column("pipeline_run", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Index("ix_firings_pipeline_run", "pipeline_run"),
)
"""The last firing of each policy target: triggers that start the same pipeline for the same endpoint share one cool-down."""

watches = Table(
    "watches",
    metadata,
    Column("id", String(160), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("endpoint", String(128), nullable=False),
    Column("model", String(128), nullable=False),
    Column("deployment", String(64), nullable=False),
    Column("version", String(64), nullable=False),
    Column("former", String(64), nullable=False),
    Column("window_from", Micros, nullable=False),
    Column("window_to", Micros, nullable=False),
    Column("judge_from", Micros, nullable=False),
    Column("tolerance", Float(53), nullable=False),
    Column("metric", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("evidence", Json),
    Column("decided_at", Micros),
    Index("ix_watches_project_state", "project", "state"),
)


def put_firing(tx: Connection, project: str, pipeline: str, endpoint: str, firing: Firing) -> None:
    row = {"project": project, "pipeline": pipeline, "endpoint": endpoint, "trigger": firing.trigger, "at": firing.at}
    rest = {"pipeline_run": firing.pipeline_run, "status": firing.status}
    upsert(tx, firings, [{**row, **rest}], key=["project", "pipeline", "endpoint"], update=["trigger", "at", "pipeline_run", "status"])


def find_firing(tx: Connection, project: str, pipeline: str, endpoint: str) -> Firing | None:
    query = select(firings).where(firings.c.project == project, firings.c.pipeline == pipeline, firings.c.endpoint == endpoint)
    row = tx.execute(query).first()
    return None if row is None else Firing(row.trigger, row.at, row.pipeline_run, row.status)


def end_firing(tx: Connection, pipeline_run: str, status: str) -> None:
    tx.execute(update(firings).where(firings.c.pipeline_run == pipeline_run, firings.c.status == "running").values(status=status))


def add_watch(tx: Connection, watch: Watch) -> None:
    tx.execute(insert(watches), {name: getattr(watch, name) for name in Watch.__dataclass_fields__})


def decide_watch(tx: Connection, id: str, state: str, evidence: dict[str, Any] | None, at: datetime) -> None:  # Any: JSON
    tx.execute(update(watches).where(watches.c.id == id).values(state=state, evidence=evidence, decided_at=at))


def get_watch(tx: Connection, id: str) -> Watch:
    row = tx.execute(select(watches).where(watches.c.id == id)).first()
    if row is None:
        raise NotFound("watch", id)
    return _watch(row)


def list_watches(
    tx: Connection, project: str | None, *, state: str | None = None, endpoint: str | None = None, limit: int = 100
) -> list[Watch]:
    """The newest first."""
    query = select(watches).order_by(watches.c.window_from.desc(), watches.c.id.desc()).limit(limit)
    for column, value in ((watches.c.project, project), (watches.c.state, state), (watches.c.endpoint, endpoint)):
        if value is not None:
            query = query.where(column == value)
    return [_watch(row) for row in tx.execute(query)]


def _watch(row: Row[Any]) -> Watch:  # Any: a row of a dynamic select
    return Watch(**row._mapping)
