"""Tables of datasets, snapshots and quarantine."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Index, Row, String, Table, Text, UniqueConstraint, func, select, update

from meguri.core.errors import NotFound
from meguri.core.ids import DatasetId, Digest, SnapshotId
from meguri.core.json import JsonObject
from meguri.datasets.model import Anomaly, ColumnStatistics, Dataset, QuarantinedRow, Schema, Snapshot
from meguri.db.metadata import Json, Micros, metadata

datasets = Table(
    "datasets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("name", String(128), nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("schema", Json),
    Column("schema_from", String(40)),
    UniqueConstraint("project", "name"),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("dataset", String(128), nullable=False),
    Column("table", String(256), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("until", Micros, nullable=False),
    Column("known_by", Micros, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("digest", String(80), nullable=False),
    Column("columns", Json, nullable=False),
    Column("statistics", Json, nullable=False),
    Column("anomalies", Json, nullable=False),
    Column("taken_at", Micros, nullable=False),
    Column("event_from", Micros),
    Column("event_to", Micros),
    UniqueConstraint("project", "dataset", "until", "known_by", "digest"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("source", String(128), nullable=False),
    Column("column", String(256), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("event_at", Micros),
    Column("values", Json, nullable=False),
    Column("at", Micros, nullable=False),
    Index("ix_quarantine_project_source_at", "project", "source", "at"),
)


def find_dataset(tx: Connection, project: str, name: str) -> Dataset | None:
    row = tx.execute(select(datasets).where(datasets.c.project == project, datasets.c.name == name)).first()
    return None if row is None else _dataset(row)


def list_datasets(tx: Connection, project: str, after: str | None, limit: int | None) -> list[Dataset]:
    """By name. `after`: the name after which to begin."""
    query = select(datasets).where(datasets.c.project == project).order_by(datasets.c.name).limit(limit)
    return [_dataset(row) for row in tx.execute(query if after is None else query.where(datasets.c.name > after))]


def set_schema(tx: Connection, project: str, name: str, schema: Schema, snapshot: SnapshotId) -> None:
    mine = (datasets.c.project == project) & (datasets.c.name == name)
    tx.execute(update(datasets).where(mine).values(schema=msgspec.to_builtins(schema), schema_from=snapshot))


def get_snapshot(tx: Connection, id: str) -> Snapshot:
    """Raises NotFound."""
    row = tx.execute(select(snapshots).where(snapshots.c.id == id)).first()
    if row is None:
        raise NotFound("snapshot", id, "list them on the page of their dataset")
    return _snapshot(row)


def find_same(tx: Connection, snapshot: Snapshot) -> Snapshot | None:
    """The snapshot of the same dataset, up to the same times and with the same values."""
    table = snapshots.c
    same = (table.project == snapshot.project) & (table.dataset == snapshot.dataset) & (table.digest == snapshot.digest)
    row = tx.execute(select(snapshots).where(same, table.until == snapshot.until, table.known_by == snapshot.known_by)).first()
    return None if row is None else _snapshot(row)


def list_snapshots(tx: Connection, project: str, dataset: str, limit: int, before: str | None) -> list[Snapshot]:
    query = select(snapshots).where(snapshots.c.project == project, snapshots.c.dataset == dataset)
    if before is not None:
        query = query.where(snapshots.c.id < before)
    return [_snapshot(row) for row in tx.execute(query.order_by(snapshots.c.id.desc()).limit(limit))]


def count_snapshots(tx: Connection, project: str, dataset: str) -> int:
    query = select(func.count()).select_from(snapshots).where(snapshots.c.project == project, snapshots.c.dataset == dataset)
    return int(tx.execute(query).scalar_one())


def as_row(snapshot: Snapshot) -> JsonObject:
    row = {name: getattr(snapshot, name) for name in snapshots.c.keys()}  # noqa: SIM118 # a column collection iterates over columns
    return {**row, "statistics": msgspec.to_builtins(snapshot.statistics), "anomalies": msgspec.to_builtins(snapshot.anomalies)}


def list_quarantined(
    tx: Connection, project: str, source: str | None, limit: int, before: tuple[datetime, str] | None
) -> list[QuarantinedRow]:
    """Rows in quarantine, those put there last first."""
    query = select(quarantine).where(quarantine.c.project == project)
    if source is not None:
        query = query.where(quarantine.c.source == source)
    if before is not None:
        at, id = before
        query = query.where((quarantine.c.at < at) | ((quarantine.c.at == at) & (quarantine.c.id < id)))
    return [_quarantined(row) for row in tx.execute(query.order_by(quarantine.c.at.desc(), quarantine.c.id.desc()).limit(limit))]


def known_ids(tx: Connection, ids: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(ids), 500):
        found |= set(tx.execute(select(quarantine.c.id).where(quarantine.c.id.in_(ids[start : start + 500]))).scalars())
    return found


def count_quarantined(tx: Connection, project: str) -> dict[str, int]:
    query = select(quarantine.c.source, func.count()).where(quarantine.c.project == project).group_by(quarantine.c.source)
    return {source: int(count) for source, count in tx.execute(query)}


def _dataset(row: Row[Any]) -> Dataset:  # Any: a row of a dynamic select
    schema = None if row.schema is None else msgspec.convert(row.schema, Schema)
    origin = None if row.schema_from is None else SnapshotId(row.schema_from)
    return Dataset(DatasetId(row.id), row.project, row.name, row.created_at, schema, origin)


def _snapshot(row: Row[Any]) -> Snapshot:  # Any: as above
    return Snapshot(
        SnapshotId(row.id),
        row.project,
        row.dataset,
        row.table,
        row.version,
        row.until,
        row.known_by,
        row.rows,
        Digest(row.digest),
        row.columns,
        msgspec.convert(row.statistics, tuple[ColumnStatistics, ...]),
        msgspec.convert(row.anomalies, tuple[Anomaly, ...]),
        row.taken_at,
        row.event_from,
        row.event_to,
    )


def _quarantined(row: Row[Any]) -> QuarantinedRow:  # Any: as above
    columns = row._mapping  # `values` is a method of a row
    return QuarantinedRow(**{name: columns[quarantine.c[name]] for name in QuarantinedRow.__slots__})
