from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Float, Index, Row, String, Table, insert, select, update

from meguri.automation.model import BakePeriod, BakeState, Firing
from meguri.core.errors import NotFound
from meguri.core.times import from_micros
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

bake_periods = Table(
    "bake_periods",
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
    Column("evaluate_from", Micros, nullable=False),
    Column("tolerance", Float(53), nullable=False),
    Column("metric", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("evidence", Json),
    Column("decided_at", Micros),
    Index("ix_bake_periods_project_state", "project", "state"),
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


def add_bake_period(tx: Connection, bake: BakePeriod) -> None:
    tx.execute(insert(bake_periods), {name: getattr(bake, name) for name in BakePeriod.__dataclass_fields__})


def decide_bake_period(tx: Connection, id: str, state: str, evidence: dict[str, Any] | None, at: datetime) -> None:  # Any: JSON
    tx.execute(update(bake_periods).where(bake_periods.c.id == id).values(state=state, evidence=evidence, decided_at=at))


def get_bake_period(tx: Connection, id: str) -> BakePeriod:
    row = tx.execute(select(bake_periods).where(bake_periods.c.id == id)).first()
    if row is None:
        raise NotFound("bake_period", id)
    return _bake_period(row)


def list_bake_periods(
    tx: Connection,
    project: str,
    *,
    state: BakeState | None = None,
    endpoint: str | None = None,
    limit: int = 100,
    before: tuple[int, str] | None = None,
) -> list[BakePeriod]:
    """The newest first. `before`: start (microseconds since 1970) and id of the bake period after which to begin."""
    each = bake_periods.c
    query = select(bake_periods).where(each.project == project)
    if state is not None:
        query = query.where(each.state == state)
    if endpoint is not None:
        query = query.where(each.endpoint == endpoint)
    if before is not None:
        at, id = from_micros(before[0]), before[1]
        query = query.where((each.window_from < at) | ((each.window_from == at) & (each.id < id)))
    return [_bake_period(row) for row in tx.execute(query.order_by(each.window_from.desc(), each.id.desc()).limit(limit))]


def _bake_period(row: Row[Any]) -> BakePeriod:  # Any: a row of a dynamic select
    return BakePeriod(**row._mapping)
