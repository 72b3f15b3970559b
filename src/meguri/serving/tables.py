"""Tables of serving and the queries over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)

from meguri.core.errors import NotFound
from meguri.core.ids import EndpointId
from meguri.core.times import from_micros
from meguri.db.dialect import insert_ignore, upsert
from meguri.db.metadata import Json, Micros, metadata
from meguri.serving.deployment_specs import DeploymentSpec
from meguri.serving.model import COMING_OR_LIVE, Deployment, DeploymentState, Endpoint, ProfileWindow
from meguri.serving.segments import PredictionRecord

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(128), nullable=False),
    Column("project", String(128), nullable=False),
    Column("model", String(128), nullable=False),
    Column("features", String(128), nullable=False),
    Column("description", Text, nullable=False),
    Column("port", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("project", "name"),
)
"""In this and all other tables of serving and monitoring without a project, the column `endpoint` holds the endpoint's id."""

deployments = Table(
    "deployments",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("endpoint", String(128), nullable=False),
    Column("version", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("former", String(64)),
    Column("why", Text),
    Column("spec", Json, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("live_at", Micros),
    UniqueConstraint("endpoint", "revision"),
    Index("ix_deployments_state", "state"),
)

open_predictions = Table(
    "open_predictions",
    metadata,
    Column("endpoint", String(128), primary_key=True),
    Column("id", String(256), primary_key=True),
    Column("event_at", Micros, nullable=False),
    Column("received_at", Micros, nullable=False),
    Column("version", String(64), nullable=False),
    Column("deployment", String(64), nullable=False),
    Column("entity", Json),
    Column("inputs", Json, nullable=False),
    Column("output", Float(53), nullable=False),
    Index("ix_open_predictions_endpoint_event_at", "endpoint", "event_at"),
)
"""Predictions whose label has not come; `inputs` in the order of the model's inputs."""

log_progress = Table(
    "log_progress",
    metadata,
    Column("endpoint", String(128), primary_key=True),
    Column("segment", BigInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("profiled_until", BigInteger, nullable=False),
    Column("kept_until", BigInteger, nullable=False),
    Column("keeping_until", BigInteger, nullable=False),
)
"""How far each log was read: records up to (segment, offset) are in the ledger, profiles and the Delta table hold whole segments.

`keeping_until` beyond `kept_until`: exactly those segments are being appended to the table, and will be again after a crash.
"""

log_segments = Table(
    "log_segments",
    metadata,
    Column("endpoint", String(128), primary_key=True),
    Column("segment", BigInteger, primary_key=True),
    Column("rows", Integer, nullable=False),
)

profile_windows = Table(
    "profile_windows",
    metadata,
    Column("endpoint", String(128), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("reference", String(80), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("counts", Json, nullable=False),
)


def add_endpoint(tx: Connection, endpoint: Endpoint) -> None:
    tx.execute(insert(endpoints), {name: getattr(endpoint, name) for name in _names(endpoints)})


def find_endpoint(tx: Connection, project: str, name: str) -> Endpoint | None:
    row = tx.execute(select(endpoints).where(endpoints.c.project == project, endpoints.c.name == name)).first()
    return None if row is None else _endpoint(row)


def get_endpoint(tx: Connection, project: str, name: str) -> Endpoint:
    """Raises NotFound."""
    found = find_endpoint(tx, project, name)
    if found is None:
        known = ", ".join(each.name for each in list_endpoints(tx, project, limit=20)) or "none"
        raise NotFound("endpoint", name, f"project {project!r} has {known}: declare it in the project and `meguri apply`")
    return found


def get_endpoint_by_id(tx: Connection, id: EndpointId) -> Endpoint:
    """Raises NotFound."""
    row = tx.execute(select(endpoints).where(endpoints.c.id == id)).first()
    if row is None:
        raise NotFound("endpoint", id, "list them with `meguri endpoints list`")
    return _endpoint(row)


def list_endpoints(tx: Connection, project: str | None, *, after: str | None = None, limit: int | None = None) -> list[Endpoint]:
    """By project and name. `after`: the name after which to begin."""
    query = select(endpoints).order_by(endpoints.c.project, endpoints.c.name).limit(limit)
    if project is not None:
        query = query.where(endpoints.c.project == project)
    if after is not None:
        query = query.where(endpoints.c.name > after)
    return [_endpoint(row) for row in tx.execute(query)]


def change_endpoint(tx: Connection, id: EndpointId, **values: object) -> None:
    tx.execute(update(endpoints).where(endpoints.c.id == id).values(**values))


def add_deployment(tx: Connection, deployment: Deployment, spec: DeploymentSpec) -> None:
    values = {name: getattr(deployment, name) for name in _names(deployments) if name not in ("spec", "endpoint")}
    tx.execute(insert(deployments), {**values, "endpoint": deployment.endpoint_id, "spec": spec})


def get_deployment(tx: Connection, id: str) -> Deployment:
    """Raises NotFound."""
    row = tx.execute(_deployments().where(deployments.c.id == id)).first()
    if row is None:
        raise NotFound("deployment", id, "list them with `meguri endpoints list`")
    return _deployment(row)


def get_spec(tx: Connection, deployment: str) -> DeploymentSpec:
    """Raises NotFound."""
    value = tx.execute(select(deployments.c.spec).where(deployments.c.id == deployment)).scalar_one_or_none()
    if value is None:
        raise NotFound("deployment", deployment, "list them with `meguri endpoints list`")
    return msgspec.convert(value, DeploymentSpec)


def list_deployments(tx: Connection, endpoint: EndpointId, limit: int, *, before: int | None = None) -> list[Deployment]:
    """The newest first. `before`: the revision below which to begin."""
    query = _deployments().where(deployments.c.endpoint == endpoint).order_by(deployments.c.revision.desc()).limit(limit)
    return [_deployment(row) for row in tx.execute(query if before is None else query.where(deployments.c.revision < before))]


def find_latest(tx: Connection, endpoint: EndpointId) -> Deployment | None:
    """The newest deployment that is live or on its way."""
    mine = (deployments.c.endpoint == endpoint) & deployments.c.state.in_(COMING_OR_LIVE)
    row = tx.execute(_deployments().where(mine).order_by(deployments.c.revision.desc()).limit(1)).first()
    return None if row is None else _deployment(row)


def find_live(tx: Connection, endpoint: EndpointId) -> Deployment | None:
    row = tx.execute(_deployments().where(deployments.c.endpoint == endpoint, deployments.c.state == "live")).first()
    return None if row is None else _deployment(row)


def list_in_state(tx: Connection, state: DeploymentState) -> list[Deployment]:
    query = _deployments().where(deployments.c.state == state).order_by(deployments.c.created_at, deployments.c.revision)
    return [_deployment(row) for row in tx.execute(query)]


def change_deployment(tx: Connection, id: str, **values: object) -> None:
    tx.execute(update(deployments).where(deployments.c.id == id).values(**values))


def add_open_predictions(tx: Connection, endpoint: EndpointId, records: Sequence[PredictionRecord]) -> int:
    """Gives how many were new."""
    return insert_ignore(
        tx,
        open_predictions,
        [
            {
                "endpoint": endpoint,
                "id": each.id,
                "event_at": from_micros(each.at),
                "received_at": from_micros(each.received),
                "version": each.mv,
                "deployment": each.dep,
                "entity": each.entity,
                "inputs": list(each.inputs),
                "output": each.output,
            }
            for each in records
        ],
    )


def find_open_prediction(tx: Connection, endpoint: EndpointId, id: str) -> Row[Any] | None:  # Any: a row of a dynamic select
    return tx.execute(select(open_predictions).where(open_predictions.c.endpoint == endpoint, open_predictions.c.id == id)).first()


def count_open(tx: Connection, endpoint: EndpointId) -> int:
    return int(tx.execute(select(func.count()).select_from(open_predictions).where(open_predictions.c.endpoint == endpoint)).scalar_one())


def get_progress(tx: Connection, endpoint: EndpointId) -> Row[Any]:  # Any: as above
    row = tx.execute(select(log_progress).where(log_progress.c.endpoint == endpoint)).first()
    if row is None:
        raise NotFound("endpoint", endpoint, "it was not declared")
    return row


def set_progress(tx: Connection, endpoint: EndpointId, **values: int) -> None:
    tx.execute(update(log_progress).where(log_progress.c.endpoint == endpoint).values(**values))


def start_progress(tx: Connection, endpoint: EndpointId) -> None:
    zeros = {"segment": 0, "offset": 0, "profiled_until": 0, "kept_until": 0, "keeping_until": 0}
    insert_ignore(tx, log_progress, [{"endpoint": endpoint, **zeros}])


def add_segment(tx: Connection, endpoint: EndpointId, segment: int, rows: int) -> None:
    insert_ignore(tx, log_segments, [{"endpoint": endpoint, "segment": segment, "rows": rows}])


def segment_rows(tx: Connection, endpoint: EndpointId, after: int) -> list[tuple[int, int]]:
    """(segment, rows) of the sealed segments after one, oldest first."""
    mine = (log_segments.c.endpoint == endpoint) & (log_segments.c.segment > after)
    query = select(log_segments.c.segment, log_segments.c.rows).where(mine).order_by(log_segments.c.segment)
    return [(row.segment, row.rows) for row in tx.execute(query)]


def forget_segments(tx: Connection, endpoint: EndpointId, before: int) -> None:
    tx.execute(log_segments.delete().where(log_segments.c.endpoint == endpoint, log_segments.c.segment < before))


def add_windows(tx: Connection, windows: Sequence[ProfileWindow]) -> None:
    """Add counts to those that are there."""
    for each in windows:
        key = {"endpoint": each.endpoint, "version": each.version, "reference": each.reference, "day": each.day}
        mine = select(profile_windows.c.rows, profile_windows.c.counts).filter_by(**key).with_for_update()
        known = tx.execute(mine).first()
        counts = each.counts if known is None else [old + new for old, new in zip(known.counts, each.counts, strict=True)]
        rows = each.rows + (0 if known is None else known.rows)
        upsert(tx, profile_windows, [{**key, "rows": rows, "counts": counts}], key=list(key), update=["rows", "counts"])


def list_windows(tx: Connection, endpoint: EndpointId, since_day: int, until_day: int, version: str | None) -> list[ProfileWindow]:
    mine = (profile_windows.c.endpoint == endpoint) & profile_windows.c.day.between(since_day, until_day)
    query = select(profile_windows).where(mine).order_by(profile_windows.c.day, profile_windows.c.version)
    rows = tx.execute(query if version is None else query.where(profile_windows.c.version == version))
    return [ProfileWindow(row.endpoint, row.version, row.reference, row.day, row.rows, row.counts) for row in rows]


def rows_by_day(tx: Connection, endpoint: EndpointId, limit: int) -> list[tuple[int, int]]:
    """(event day, profiled rows) of the newest days, oldest first."""
    total = func.sum(profile_windows.c.rows)
    query = (
        select(profile_windows.c.day, total)
        .where(profile_windows.c.endpoint == endpoint)
        .group_by(profile_windows.c.day)
        .order_by(profile_windows.c.day.desc())
        .limit(limit)
    )
    return [(int(day), int(rows)) for day, rows in reversed(tx.execute(query).all())]


def _deployments() -> Select[Any]:  # Any: columns of two tables
    """Deployments without their specs, with the name of the endpoint."""
    columns = [column for column in deployments.c if column.name not in ("spec", "endpoint")]
    named = (deployments.c.endpoint.label("endpoint_id"), endpoints.c.name.label("endpoint"))
    return select(*columns, *named).join(endpoints, endpoints.c.id == deployments.c.endpoint)


def _names(table: Table) -> list[str]:
    return [column.name for column in table.c]


def _endpoint(row: Row[Any]) -> Endpoint:  # Any: as above
    return Endpoint(**row._mapping)


def _deployment(row: Row[Any]) -> Deployment:  # Any: as above
    return Deployment(**row._mapping)
