"""From the logs of endpoints into the ledger and the tables, exactly once; and back to one prediction."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
from sqlalchemy import Connection

from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import NotFound, Unavailable
from meguri.core.ids import EndpointId
from meguri.core.times import Clock, from_micros, micros
from meguri.db.engine import Database
from meguri.db.journal import Position
from meguri.ports.tables import TableStore
from meguri.serving import tables
from meguri.serving.client import EndpointClient
from meguri.serving.model import Endpoint, Moved, Prediction, ProfileWindow
from meguri.serving.segments import REMEMBERED, PredictionRecord, drop_segments_before, find_profile, log_segments, read_log, read_segment

logger = logging.getLogger(__name__)

BATCH_ROWS = 5_000
KEEP_ROWS = 5_000
"""Rows are added to an endpoint's table when this many wait in sealed segments: many small files would make it slow to read."""

SEAL_SECONDS = 60.0
"""On the wall clock a segment is sealed at most this often; a project on event time is sealed by every move, so that replays agree."""

Definitions = Callable[[Connection, str], ProjectDefinition | None]


@dataclass(frozen=True, slots=True)
class _Sealed:
    number: int
    rows: int
    windows: tuple[ProfileWindow, ...]


class Predictions:
    """Moves what endpoints logged. Every part can be killed at any moment and is then taken up where it was."""

    def __init__(
        self,
        db: Database,
        store: TableStore,
        client: EndpointClient,
        home: Path,
        definitions: Definitions,
        clock: Clock,
        *,
        remembered: int = REMEMBERED,
    ) -> None:
        self.db, self.store, self.client, self.logs = db, store, client, home / "log"
        self.definitions, self.clock, self.remembered = definitions, clock, remembered
        self._turns: dict[EndpointId, threading.Lock] = {}
        self._turn = threading.Lock()
        self._sealed_at: dict[EndpointId, datetime] = {}
        self._names: dict[str, list[str]] = {}

    def move(self, endpoint: Endpoint, keep_rows: int = KEEP_ROWS) -> Moved:
        """Move everything that was logged before the call into `open_predictions`, and profiles of sealed segments into the windows.

        Where `keep_rows` wait, they are appended to the endpoint's table. An endpoint whose process does not run is moved all the same,
        but not sealed.
        """
        with self._of(endpoint.id):
            sealed = self._seal(endpoint)
            rows = self._move_rows(endpoint.id)
            segments = self._move_profiles(endpoint.id)
            self._keep(endpoint, keep_rows)
            return Moved(rows, segments, sealed)

    def list_newest(
        self, tx: Connection, endpoint: Endpoint, limit: int = 100, *, before: tuple[int, int] | None = None
    ) -> list[tuple[tuple[int, int], Prediction]]:
        """Predictions with their positions in the log, newest first, straight from the log, which holds at least the newest 500,000.

        `before`: the position below which to begin.
        """
        found: list[tuple[tuple[int, int], PredictionRecord]] = []
        for segment in reversed(log_segments(self.logs, endpoint.id)):
            if before is not None and segment.number > before[0]:
                continue
            records = read_segment(self.logs, endpoint.id, segment.number)
            until = before[1] if before is not None and segment.number == before[0] else len(records)
            first = max(0, until - (limit - len(found)))
            found += [((segment.number, place), records[place]) for place in range(until - 1, first - 1, -1)]
            if len(found) >= limit:
                break
        return [(position, self._prediction(tx, endpoint, record)) for position, record in found]

    def find(self, tx: Connection, endpoint: Endpoint, id: str) -> Prediction | None:
        """A prediction by id: from the ledger, the log, or the table."""
        row = tables.find_open_prediction(tx, endpoint.id, id)
        if row is not None:
            at, received = micros(row.event_at), micros(row.received_at)
            record = PredictionRecord(row.id, at, received, row.deployment, row.version, row.entity, tuple(row.inputs), row.output)
            return self._prediction(tx, endpoint, record)
        known = self._find_logged(tx, endpoint.id, id) or self._find_kept(endpoint, id)
        return None if known is None else self._prediction(tx, endpoint, known)

    def get(self, tx: Connection, endpoint: Endpoint, id: str) -> Prediction:
        """Raises NotFound."""
        found = self.find(tx, endpoint, id)
        if found is None:
            hint = "an id is what the request carried or its answer gave; rows of one request end in ~0, ~1 ..."
            raise NotFound("prediction", id, hint)
        return found

    def rows_by_day(self, tx: Connection, endpoint: EndpointId, limit: int = 60) -> list[tuple[int, int]]:
        """(event day, predictions) of the newest days, oldest first; days since 1970."""
        return tables.rows_by_day(tx, endpoint, limit)

    def count_open(self, tx: Connection, endpoint: EndpointId) -> int:
        """How many predictions wait for their label."""
        return tables.count_open(tx, endpoint)

    def table_name(self, endpoint: Endpoint) -> str:
        """The table that keeps an endpoint's predictions."""
        return f"predictions.{endpoint.project}.{endpoint.name}"

    def _of(self, endpoint: EndpointId) -> threading.Lock:
        with self._turn:
            return self._turns.setdefault(endpoint, threading.Lock())

    def _seal(self, endpoint: Endpoint) -> bool:
        with self.db.read() as tx:
            definition = self.definitions(tx, endpoint.project)
        now, former = self.clock(), self._sealed_at.get(endpoint.id)
        on_wall_clock = definition is None or definition.clock == "wall"
        if on_wall_clock and former is not None and (now - former).total_seconds() < SEAL_SECONDS:
            return False
        if endpoint.revision == 0:  # nothing was ever deployed to it, so no process runs and nothing was logged
            return False
        try:
            self.client.seal(endpoint)
        except Unavailable as error:
            logger.info("log not sealed", extra={"endpoint": endpoint.id, "why": error.message})
            return False
        self._sealed_at[endpoint.id] = now
        return True

    def _move_rows(self, endpoint: EndpointId) -> int:
        with self.db.read() as tx:
            progress = tables.get_progress(tx, endpoint)
        records, moved = read_log(self.logs, endpoint, Position(progress.segment, progress.offset)), 0
        while batch := list(islice(records, BATCH_ROWS)):
            end = batch[-1][0]
            with self.db.write() as tx:
                moved += tables.add_open_predictions(tx, endpoint, [record for _, record in batch])
                tables.set_progress(tx, endpoint, segment=end.segment, offset=end.offset)
        return moved

    def _move_profiles(self, endpoint: EndpointId) -> int:
        with self.db.read() as tx:
            done = tables.get_progress(tx, endpoint).profiled_until
        found = list(self._sealed_after(endpoint, done))
        if found:
            with self.db.write() as tx:
                for each in found:
                    tables.add_windows(tx, each.windows)
                    tables.add_segment(tx, endpoint, each.number, each.rows)
                tables.set_progress(tx, endpoint, profiled_until=found[-1].number)
        return len(found)

    def _sealed_after(self, endpoint: EndpointId, number: int) -> Sequence[_Sealed]:
        found: list[_Sealed] = []
        for segment in log_segments(self.logs, endpoint):
            if not segment.sealed or segment.number <= number:
                continue
            profiles = find_profile(self.logs, endpoint, segment.number)
            if profiles is None:  # the process has not written it yet; the next move takes it and what follows it
                break
            rows = len(read_segment(self.logs, endpoint, segment.number))
            found.append(_Sealed(segment.number, rows, tuple(_windows(endpoint, profiles))))
        return found

    def _keep(self, endpoint: Endpoint, at_least: int) -> None:
        """Append whole sealed segments to the table, once: which ones is written down before, and the table remembers the last of them."""
        with self.db.read() as tx:
            progress = tables.get_progress(tx, endpoint.id)
            waiting = tables.segment_rows(tx, endpoint.id, progress.kept_until)
        until = progress.keeping_until
        if until == progress.kept_until:
            if not waiting or sum(rows for _, rows in waiting) < at_least:
                return
            until = waiting[-1][0]
            with self.db.write() as tx:
                tables.set_progress(tx, endpoint.id, keeping_until=until)
        name = self.table_name(endpoint)
        numbers = [number for number, _ in waiting if number <= until]
        records = [record for number in numbers for record in read_segment(self.logs, endpoint.id, number)]
        if records:
            self.store.append(name, _frame(records), token=(name, until))
            self.store.compact(name)
        with self.db.write() as tx:
            tables.set_progress(tx, endpoint.id, kept_until=until)
        self._drop(endpoint.id, until)

    def _drop(self, endpoint: EndpointId, kept_until: int) -> None:
        """Delete segments that are in the table and that the process need not remember any more."""
        with self.db.read() as tx:
            segments = tables.segment_rows(tx, endpoint, 0)
        newer = 0
        for number, rows in reversed(segments):
            if newer >= self.remembered and number <= kept_until:
                drop_segments_before(self.logs, endpoint, number + 1)
                with self.db.write() as tx:
                    tables.forget_segments(tx, endpoint, number + 1)
                return
            newer += rows

    def _find_logged(self, tx: Connection, endpoint: EndpointId, id: str) -> PredictionRecord | None:
        after = Position(tables.get_progress(tx, endpoint).kept_until + 1, 0)
        return next((record for _, record in read_log(self.logs, endpoint, after) if record.id == id), None)

    def _find_kept(self, endpoint: Endpoint, id: str) -> PredictionRecord | None:
        name = self.table_name(endpoint)
        if self.store.version(name) is None:
            return None
        rows = self.store.scan(name).filter(pl.col("id") == id).head(1).collect().to_dicts()
        return _record(rows[0]) if rows else None

    def _prediction(self, tx: Connection, endpoint: Endpoint, record: PredictionRecord) -> Prediction:
        names = self._input_names(tx, record)
        inputs = dict(zip(names, record.inputs, strict=False))
        at, received = from_micros(record.at), from_micros(record.received)
        where = (endpoint.project, endpoint.name)
        return Prediction(record.id, *where, at, received, record.mv, record.dep, record.entity, inputs, record.output)

    def _input_names(self, tx: Connection, record: PredictionRecord) -> list[str]:
        if record.dep not in self._names:
            try:
                self._names[record.dep] = [each.name for each in tables.get_spec(tx, record.dep).model.inputs]
            except NotFound:  # a log that was copied from another home
                return [f"input_{number}" for number in range(len(record.inputs))]
        return self._names[record.dep]


def _windows(endpoint: EndpointId, profiles: dict[str, Any]) -> list[ProfileWindow]:  # Any: JSON of DayProfiles by version
    return [
        ProfileWindow(endpoint, version, each["reference"], int(day), counted["rows"], counted["counts"])
        for version, each in sorted(profiles.items())
        for day, counted in sorted(each["days"].items())
    ]


def _frame(records: Sequence[PredictionRecord]) -> pl.DataFrame:
    """Columns of the predictions table: times in UTC microseconds, entity and inputs as JSON."""
    time = pl.Datetime("us", "UTC")
    return pl.DataFrame(
        {
            "id": [each.id for each in records],
            "event_at": pl.Series([each.at for each in records], dtype=pl.Int64).cast(time),
            "received_at": pl.Series([each.received for each in records], dtype=pl.Int64).cast(time),
            "version": [each.mv for each in records],
            "deployment": [each.dep for each in records],
            "entity": [msgspec.json.encode(each.entity).decode() for each in records],
            "inputs": [msgspec.json.encode(each.inputs).decode() for each in records],
            "output": pl.Series([each.output for each in records], dtype=pl.Float64),
        }
    )


def _record(row: dict[str, Any]) -> PredictionRecord:  # Any: a row of the table above
    return PredictionRecord(
        id=row["id"],
        at=micros(row["event_at"]),
        received=micros(row["received_at"]),
        dep=row["deployment"],
        mv=row["version"],
        entity=msgspec.json.decode(row["entity"]),
        inputs=tuple(msgspec.json.decode(row["inputs"])),
        output=row["output"],
    )
