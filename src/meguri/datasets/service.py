"""Takes snapshots, keeps schemas, and keeps the rows that were not accepted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection

from meguri.core.definitions.features import EntityDefinition, SourceDefinition
from meguri.core.digests import digest_of_value
from meguri.core.errors import NotFound
from meguri.core.ids import Digest, NewId, SnapshotId
from meguri.core.json import JsonObject
from meguri.core.times import Clock, iso
from meguri.datasets import tables as sql
from meguri.datasets.digest import frame_digest
from meguri.datasets.model import Dataset, QuarantinedRow, Rejected, Schema, Snapshot
from meguri.datasets.sources import (
    ARRIVED,
    IDENTITY,
    KNOWN,
    ORDER,
    columns_of,
    known_at,
    last_corrections,
    rows_seen_by,
    source_rows,
    table_of,
)
from meguri.datasets.statistics import ENOUGH_ROWS, infer, summarise, validate
from meguri.db.dialect import insert_ignore
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.lineage.service import Lineage
from meguri.ports.tables import TableStore

HOURS_NAMED = 24


class Datasets:
    """Datasets are named as their sources are."""

    def __init__(self, db: Database, events: Events, lineage: Lineage, tables: TableStore, clock: Clock, new_id: NewId) -> None:
        self.db, self.events, self.lineage, self.tables, self.clock, self.new_id = db, events, lineage, tables, clock, new_id

    def take(
        self,
        project: str,
        source: SourceDefinition,
        entity: EntityDefinition,
        *,
        until: datetime,
        known_by: datetime,
        live_since: datetime | None = None,
    ) -> Snapshot:
        """Pin the rows of a source with an event time before `until`, known by `known_by`; arrivals count from `live_since` on.

        Corrections are pinned with what they replace, and are in the digest; the number of rows and the statistics are those of the last
        corrections. The first snapshot with enough rows decides the dataset's schema. The same rows up to the same times are the same
        snapshot. Raises NotFound where nothing was ever pushed.
        """
        table = table_of(project, source.name)
        version = self.tables.version(table)
        if version is None:
            raise NotFound("rows_of_source", source.name, "push some first")
        rows = source_rows(self.tables, project, source, entity, version).filter(pl.col(source.event_time) < until)
        seen = rows_seen_by(rows, source, known_by, live_since).collect()
        frame = _current(seen, source, entity)
        snapshot = self._describe(project, source, entity, version, until, known_by, frame, _digest(seen, source, entity))
        with self.db.write() as tx:
            same = sql.find_same(tx, snapshot)
            return same if same is not None else self._keep(tx, snapshot, frame)

    def read(self, snapshot: Snapshot, source: SourceDefinition, entity: EntityDefinition) -> pl.DataFrame:
        """The rows of a snapshot, of each event the last correction in its table version, ordered by event time and key."""
        rows = source_rows(self.tables, snapshot.project, source, entity, snapshot.version)
        wanted = rows.filter(pl.col(source.event_time) < snapshot.until, known_at(source) <= snapshot.known_by)
        return _current(wanted.collect(), source, entity)

    def get_snapshot(self, id: SnapshotId) -> Snapshot:
        """Raises NotFound."""
        with self.db.read() as tx:
            return sql.get_snapshot(tx, id)

    def project_of_snapshot(self, tx: Connection, id: str) -> str:
        """Raises NotFound."""
        return sql.get_snapshot(tx, id).project

    def get_dataset(self, project: str, name: str) -> Dataset:
        """Raises NotFound."""
        with self.db.read() as tx:
            found = sql.find_dataset(tx, project, name)
        if found is None:
            raise NotFound("dataset", name, f"list those of project {project!r} with `meguri datasets --project {project}`")
        return found

    def list_datasets(self, project: str, *, after: str | None = None, limit: int | None = None) -> list[Dataset]:
        """By name. `after`: the name after which to begin."""
        with self.db.read() as tx:
            return sql.list_datasets(tx, project, after, limit)

    def list_snapshots(self, project: str, dataset: str, *, limit: int = 100, before: str | None = None) -> list[Snapshot]:
        """The newest first."""
        with self.db.read() as tx:
            return sql.list_snapshots(tx, project, dataset, limit, before)

    def count_snapshots(self, project: str, dataset: str) -> int:
        with self.db.read() as tx:
            return sql.count_snapshots(tx, project, dataset)

    def find_schema(self, project: str, name: str) -> Schema | None:
        """The schema with which incoming rows are checked; None before the first snapshot."""
        with self.db.read() as tx:
            dataset = sql.find_dataset(tx, project, name)
        return None if dataset is None else dataset.schema

    def adopt_schema(self, id: SnapshotId, source: SourceDefinition, entity: EntityDefinition) -> Schema:
        """Take a newer snapshot as what is normal: its ranges, texts and required columns replace those of the schema. Raises NotFound."""
        snapshot = self.get_snapshot(id)
        schema = infer(snapshot.statistics, self.read(snapshot, source, entity))
        with self.db.write() as tx:
            sql.set_schema(tx, snapshot.project, snapshot.dataset, schema, snapshot.id)
            payload = {"dataset": snapshot.dataset, "snapshot": snapshot.id}
            self.events.add(tx, "schema.adopted", project=snapshot.project, subject=snapshot.dataset, payload=payload)
        return schema

    def quarantine(self, project: str, source: str, rejected: Sequence[Rejected]) -> int:
        """Keep rows that were not accepted, and say so in the history; how many are new (a resent row is not)."""
        rows = {row["id"]: row for row in (self._quarantined(project, source, each) for each in rejected)}
        with self.db.write() as tx:
            known = sql.known_ids(tx, list(rows))
            fresh = [row for id, row in rows.items() if id not in known]
            if fresh:
                insert_ignore(tx, sql.quarantine, fresh)
                self.events.add(tx, "rows.quarantined", project=project, subject=source, payload=_payload(source, fresh))
        return len(fresh)

    def list_quarantined(
        self, project: str, *, source: str | None = None, limit: int = 100, before: tuple[datetime, str] | None = None
    ) -> list[QuarantinedRow]:
        """The newest first."""
        with self.db.read() as tx:
            return sql.list_quarantined(tx, project, source, limit, before)

    def count_quarantined(self, project: str) -> dict[str, int]:
        """How many rows of each source are in quarantine."""
        with self.db.read() as tx:
            return sql.count_quarantined(tx, project)

    def _describe(
        self,
        project: str,
        source: SourceDefinition,
        entity: EntityDefinition,
        version: int,
        until: datetime,
        known_by: datetime,
        frame: pl.DataFrame,
        digest: Digest,
    ) -> Snapshot:
        columns = columns_of(source, entity)
        schema = self.find_schema(project, source.name)
        moments = frame[source.event_time]
        first, last = (moments[0], moments[-1]) if len(moments) else (None, None)
        return Snapshot(
            SnapshotId(self.new_id("snap")),
            project,
            source.name,
            table_of(project, source.name),
            version,
            until,
            known_by,
            len(frame),
            digest,
            columns,
            summarise(frame, columns),
            validate(schema, frame) if schema is not None else (),
            self.clock(),
            first,
            last,
        )

    def _keep(self, tx: Connection, snapshot: Snapshot, frame: pl.DataFrame) -> Snapshot:
        row = {"project": snapshot.project, "name": snapshot.dataset, "created_at": self.clock()}
        insert_ignore(tx, sql.datasets, [{"id": self.new_id("ds"), **row}])
        insert_ignore(tx, sql.snapshots, [sql.as_row(snapshot)])
        dataset = sql.find_dataset(tx, snapshot.project, snapshot.dataset)
        if snapshot.rows >= ENOUGH_ROWS and (dataset is None or dataset.schema is None):
            sql.set_schema(tx, snapshot.project, snapshot.dataset, infer(snapshot.statistics, frame), snapshot.id)
        label = f"{snapshot.dataset} until {iso(snapshot.until)}"
        node = self.lineage.node(tx, "snapshot", snapshot.id, project=snapshot.project, label=label)
        source = self.lineage.node(tx, "source", f"{snapshot.project}/{snapshot.dataset}", project=snapshot.project, label=snapshot.dataset)
        self.lineage.edge(tx, source, node, "derived_from")
        payload = {"dataset": snapshot.dataset, "snapshot": snapshot.id, "rows": snapshot.rows, "digest": snapshot.digest}
        times = {"until": iso(snapshot.until), "anomalies": [f"{each.column}: {each.message}" for each in snapshot.anomalies]}
        self.events.add(tx, "snapshot.taken", project=snapshot.project, subject=snapshot.id, payload={**payload, **times})
        return snapshot

    def _quarantined(self, project: str, source: str, rejected: Rejected) -> JsonObject:
        values = _as_json(rejected.values)
        digest = digest_of_value([project, source, values])
        return {
            "id": "q_" + digest.removeprefix("sha256:"),
            "project": project,
            "source": source,
            "column": rejected.column,
            "kind": rejected.kind,
            "why": rejected.why,
            "event_at": rejected.event_at,
            "values": values,
            "at": self.clock(),
        }


def _current(rows: pl.DataFrame, source: SourceDefinition, entity: EntityDefinition) -> pl.DataFrame:
    return last_corrections(rows.lazy(), source, entity).drop(IDENTITY, ARRIVED, ORDER).collect()


def _digest(rows: pl.DataFrame, source: SourceDefinition, entity: EntityDefinition) -> Digest:
    """A content address of rows with their corrections, which does not depend on when they were pushed where that decides nothing."""
    known = rows.with_columns(known_at(source).alias(KNOWN)).sort(source.event_time, entity.key, KNOWN, ORDER)
    late = pl.when(pl.col(ARRIVED) > pl.col(KNOWN)).then(pl.col(ARRIVED))
    return frame_digest(known.with_columns(late.alias(ARRIVED)).drop(KNOWN, IDENTITY, ORDER))


def _payload(source: str, rows: Sequence[JsonObject]) -> JsonObject:
    """The payload of the event about new rows in quarantine."""
    moments = sorted(row["event_at"] for row in rows if row["event_at"] is not None)
    hours = sorted({iso(moment.replace(minute=0, second=0, microsecond=0)) for moment in moments})
    payload = {
        "source": source,
        "count": len(rows),
        "columns": sorted({row["column"] for row in rows}),
        "reasons": dict(sorted(Counter(row["kind"] for row in rows).items())),
        "hours": hours[:HOURS_NAMED],
        "example": f"{rows[0]['column']}: {rows[0]['why']}",
    }
    return {**payload, "event_from": iso(moments[0]) if moments else None, "event_to": iso(moments[-1]) if moments else None}


def _as_json(value: Any) -> Any:  # Any: what came in a push; numbers that JSON does not have become text
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {str(key): _as_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(each) for each in value]
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    return value if isinstance(value, str | int | float | bool | None) else repr(value)
