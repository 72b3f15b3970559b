"""Late labels: stored when they arrive, and joined with their predictions exactly once, in any order of arrival."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from meguri.core.errors import Invalid
from meguri.core.ids import EndpointId
from meguri.core.times import Clock, from_micros, micros
from meguri.db.dialect import insert_ignore, upsert
from meguri.db.engine import Database
from meguri.db.journal import START, Journal, Position
from meguri.monitoring import tables
from meguri.monitoring.tables import label_cursors, outcomes, pending_labels
from meguri.serving import served

LARGEST_BATCH = 10_000
"""Labels in one request, and journal records in one transaction."""


@dataclass(frozen=True, slots=True)
class Label:
    """The true value of what was predicted."""

    prediction_id: str
    value: float


@dataclass(frozen=True, slots=True)
class Accepted:
    """The result of a batch: all of it is stored; `duplicates` of its labels were known already."""

    accepted: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Joined:
    """The result of one join. `pending`: labels that wait for their prediction."""

    joined: int
    corrected: int
    repeated: int
    pending: int


class _Record(msgspec.Struct, frozen=True, array_like=True):
    id: str
    value: float
    received: int


_decode = msgspec.msgpack.Decoder(_Record).decode
_encode = msgspec.msgpack.Encoder().encode


class Labels:
    """The label journals of a home (one for each endpoint), and the join."""

    def __init__(self, db: Database, folder: Path, clock: Clock) -> None:
        self.db, self.clock = db, clock
        self._folder = folder
        self._journals: dict[EndpointId, Journal] = {}

    def submit(self, endpoint: EndpointId, labels: Sequence[Label]) -> Accepted:
        """Store labels: when this returns they survive a kill. Raises Invalid naming the first bad label; then nothing is stored."""
        if len(labels) > LARGEST_BATCH:
            raise Invalid("labels", f"{len(labels)} are too many for one request: send at most {LARGEST_BATCH:,}")
        for place, each in enumerate(labels):
            _ensure_label(place, each)
        if not labels:
            return Accepted(0, 0)
        received = micros(self.clock())
        self._journal(endpoint).append([_encode(_Record(each.prediction_id, float(each.value), received)) for each in labels])
        newest = {each.prediction_id: each.value for each in labels}
        with self.db.read() as tx:
            known = tables.find_by_id(tx, outcomes, endpoint, newest) | tables.find_by_id(tx, pending_labels, endpoint, newest)
        fresh = sum(1 for id, value in newest.items() if id not in known or known[id].label != value)
        return Accepted(fresh, len(labels) - fresh)

    def join(self, endpoint: EndpointId) -> Joined:
        """Join every label of the journal with its prediction. Doing it again changes nothing; a label without a prediction waits."""
        total = Joined(0, 0, 0, 0)
        with self.db.read() as tx:
            if not self._has_work(tx, endpoint):
                return Joined(0, 0, 0, count_pending(tx, endpoint))
        while True:
            with self.db.write() as tx:
                step, more = self._join_some(tx, endpoint)
            total = Joined(total.joined + step.joined, total.corrected + step.corrected, total.repeated + step.repeated, step.pending)
            if not more:
                return total

    def close(self) -> None:
        for journal in self._journals.values():
            journal.close()

    def _journal(self, endpoint: EndpointId) -> Journal:
        return self._journals.setdefault(endpoint, Journal(self._folder, f"labels.{endpoint}"))

    def _has_work(self, tx: Connection, endpoint: EndpointId) -> bool:
        cursor = tx.execute(select(label_cursors).where(label_cursors.c.endpoint == endpoint)).first()
        start = Position(cursor.segment, cursor.offset) if cursor else START
        return next(self._journal(endpoint).read(start), None) is not None or bool(_arrived(tx, endpoint))

    def _join_some(self, tx: Connection, endpoint: EndpointId) -> tuple[Joined, bool]:
        cursor = _lock_cursor(tx, endpoint)
        start = Position(cursor.segment, cursor.offset)
        records, end = self._read(endpoint, start)
        waiting = set(_arrived(tx, endpoint))
        pending = tables.find_by_id(tx, pending_labels, endpoint, waiting)
        labels = {id: _Record(id, row.label, micros(row.labelled_at)) for id, row in pending.items()}
        labels |= {each.id: each for each in records}
        joined, corrected, repeated = _apply(tx, endpoint, labels, waiting)
        repeated += len(records) - len({each.id for each in records})
        if end != start or joined:
            done = {
                "segment": end.segment,
                "offset": end.offset,
                "joined": cursor.joined + joined,
                "corrected": cursor.corrected + corrected,
                "repeated": cursor.repeated + repeated,
            }
            tx.execute(update(label_cursors).where(label_cursors.c.endpoint == endpoint).values(done))
        if end.segment > start.segment:
            self._journal(endpoint).drop_before(start.segment)
        return Joined(joined, corrected, repeated, count_pending(tx, endpoint)), len(records) == LARGEST_BATCH

    def _read(self, endpoint: EndpointId, start: Position) -> tuple[list[_Record], Position]:
        records, end = [], start
        for position, content in self._journal(endpoint).read(start):
            records.append(_decode(content))
            end = position
            if len(records) == LARGEST_BATCH:
                break
        return records, end


def count_pending(tx: Connection, endpoint: EndpointId) -> int:
    """How many labels wait for their prediction."""
    return int(tx.execute(select(func.count()).select_from(pending_labels).where(pending_labels.c.endpoint == endpoint)).scalar_one())


def _arrived(tx: Connection, endpoint: EndpointId) -> list[str]:
    """Ids of pending labels whose prediction has arrived since."""
    return served.list_open_ids(tx, endpoint, tables.pending_ids(endpoint))


def _ensure_label(place: int, label: Label) -> None:
    where = f"labels[{place}]"
    if not label.prediction_id or len(label.prediction_id) > 256 or "\0" in label.prediction_id:
        raise Invalid(f"{where}.prediction_id", f"{label.prediction_id!r} is no prediction id: send 1 to 256 characters, none of them NUL")
    if not math.isfinite(label.value):
        why = f"{label.value!r} (of prediction {label.prediction_id!r}) is not a finite number: leave out labels that are not known"
        raise Invalid(f"{where}.value", why, prediction_id=label.prediction_id)


def _lock_cursor(tx: Connection, endpoint: EndpointId) -> Row[Any]:
    empty = {"endpoint": endpoint, "segment": 0, "offset": 0, "joined": 0, "corrected": 0, "repeated": 0}
    insert_ignore(tx, label_cursors, [empty])
    return tx.execute(select(label_cursors).where(label_cursors.c.endpoint == endpoint).with_for_update()).one()


def _apply(tx: Connection, endpoint: EndpointId, labels: dict[str, _Record], waiting: set[str]) -> tuple[int, int, int]:
    """Join, correct or keep waiting. Returns how many were joined, corrected, and known already."""
    if not labels:
        return 0, 0, 0
    known = tables.find_by_id(tx, outcomes, endpoint, labels)
    predictions = served.find_open(tx, endpoint, labels.keys() - known.keys())
    changes: dict[tuple[str, int], list[tuple[float, float, int]]] = defaultdict(list)
    rows = []
    for id, row in predictions.items():
        changes[row.version, tables.day_of(row.event_at)].append((row.output, labels[id].value, 1))
        rows.append(_outcome(row, labels[id]))
    corrected = {id: row for id, row in known.items() if row.label != labels[id].value}
    for id, row in corrected.items():
        cell = changes[row.version, tables.day_of(row.event_at)]
        cell += [(row.output, row.label, -1), (row.output, labels[id].value, 1)]
        tx.execute(
            update(outcomes)
            .where(outcomes.c.endpoint == endpoint, outcomes.c.prediction_id == id)
            .values(label=labels[id].value, labelled_at=from_micros(labels[id].received))
        )
    if rows:
        tx.execute(insert(outcomes), rows)
    if changes:
        tables.add_to_cells(tx, endpoint, changes)
    served.close(tx, endpoint, predictions)
    tables.delete_pending(tx, endpoint, waiting)
    late = [
        {"endpoint": endpoint, "prediction_id": id, "label": each.value, "labelled_at": from_micros(each.received)}
        for id, each in labels.items()
        if id not in known and id not in predictions
    ]
    upsert(tx, pending_labels, late, key=["endpoint", "prediction_id"], update=["label", "labelled_at"])
    return len(rows), len(corrected), len(known) - len(corrected)


def _outcome(prediction: Row[Any], label: _Record) -> dict[str, Any]:  # Any: column values
    return {
        "endpoint": prediction.endpoint,
        "prediction_id": prediction.id,
        "event_at": prediction.event_at,
        "version": prediction.version,
        "deployment": prediction.deployment,
        "entity": prediction.entity,
        "inputs": prediction.inputs,
        "output": prediction.output,
        "label": label.value,
        "labelled_at": from_micros(label.received),
    }
