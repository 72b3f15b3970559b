"""Tables of monitoring, and their queries.

Of `serving.tables` this reads `open_predictions` (predictions without a label) and `profile_windows` (counts by event day, kept while
serving), and takes a prediction out of the first when its label has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Dialect,
    Float,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeDecorator

from meguri.core.definitions.monitoring import Metric
from meguri.core.times import from_micros, micros
from meguri.db.dialect import upsert
from meguri.db.metadata import Json, Micros, metadata
from meguri.monitoring.quality import DayErrors
from meguri.profiles.reference import DAY
from meguri.serving.tables import open_predictions, profile_windows

_UNIT = 2.0**-40
_CHUNK = 400


class Exact(TypeDecorator[int]):
    """A sum of numbers in units of 2^-40, kept as decimal digits: adding is exact in any order, and never overflows."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:  # Any: the driver's text
        return None if value is None else int(value)


label_cursors = Table(
    "label_cursors",
    metadata,
    Column("endpoint", String(128), primary_key=True),
    Column("segment", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("joined", BigInteger, nullable=False),
    Column("corrected", BigInteger, nullable=False),
    Column("repeated", BigInteger, nullable=False),
)

pending_labels = Table(
    "pending_labels",
    metadata,
    Column("endpoint", String(128), primary_key=True),
    Column("prediction_id", String(256), primary_key=True),
    Column("label", Float(53), nullable=False),
    Column("labelled_at", Micros, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("endpoint", String(128), primary_key=True),
    Column("prediction_id", String(256), primary_key=True),
    Column("event_at", Micros, nullable=False),
    Column("version", String(64), nullable=False),
    Column("deployment", String(64), nullable=False),
    Column("entity", Json),
    Column("inputs", Json, nullable=False),
    Column("output", Float(53), nullable=False),
    Column("label", Float(53), nullable=False),
    Column("labelled_at", Micros, nullable=False),
    Index("ix_outcomes_endpoint_event_at", "endpoint", "event_at"),
    Index("ix_outcomes_prediction_id", "prediction_id"),
)

outcome_days = Table(
    "outcome_days",
    metadata,
    Column("endpoint", String(128), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("n", BigInteger, nullable=False),
    Column("absolute", Exact, nullable=False),
    Column("squared", Exact, nullable=False),
    Column("label", Exact, nullable=False),
)

checks = Table(
    "checks",
    metadata,
    Column("project", String(128), primary_key=True),
    Column("monitor", String(128), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("endpoint", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("version", String(64)),
    Column("verdict", String(16), nullable=False),
    Column("value", Float(53)),
    Column("expected", Float(53)),
    Column("threshold", Float(53)),
    Column("score", Float(53), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("evidence", Json, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("monitor", String(128), nullable=False),
    Column("endpoint", String(128), nullable=False),
    Column("signal", String(16), nullable=False),
    Column("version", String(64), nullable=False),
    Column("opened_day", Integer, nullable=False),
    Column("told_day", Integer, nullable=False),
    Column("opened_at", Micros, nullable=False),
    Column("resolved_at", Micros),
    Column("resolution", String(64)),
    Column("evidence", Json, nullable=False),
    Index("ix_alerts_project_monitor", "project", "monitor"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """Exact sums (units of 2^-40) over labelled rows of one version and event day."""

    n: int = 0
    absolute: int = 0
    squared: int = 0
    label: int = 0

    def plus(self, output: float, label: float, *, times: int) -> Cell:
        """With one more row (`times` 1) or one less (-1)."""
        error = output - label
        added = (abs(error), error * error, abs(label))
        return Cell(self.n + times, *(own + times * round(value / _UNIT) for own, value in zip(self.sums, added, strict=True)))

    @property
    def sums(self) -> tuple[int, int, int]:
        return self.absolute, self.squared, self.label


def day_of(at: datetime) -> int:
    """Days since 1970 (UTC)."""
    return micros(at) // DAY


def find_by_id(tx: Connection, table: Table, endpoint: str, ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Rows of `outcomes`, `pending_labels` or `open_predictions` by prediction id."""
    key = table.c.id if table is open_predictions else table.c.prediction_id
    wanted = sorted(ids)
    found: dict[str, Row[Any]] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = select(table).where(table.c.endpoint == endpoint, key.in_(wanted[start : start + _CHUNK]))
        found |= {row.id if table is open_predictions else row.prediction_id: row for row in tx.execute(query)}
    return found


def pending_with_prediction(tx: Connection, endpoint: str) -> list[Row[Any]]:
    """Pending labels whose prediction has come since."""
    query = (
        select(pending_labels)
        .join(open_predictions, (open_predictions.c.id == pending_labels.c.prediction_id) & (open_predictions.c.endpoint == endpoint))
        .where(pending_labels.c.endpoint == endpoint)
    )
    return list(tx.execute(query))


def delete_by_id(tx: Connection, table: Table, endpoint: str, ids: Iterable[str]) -> None:
    key = table.c.id if table is open_predictions else table.c.prediction_id
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        tx.execute(delete(table).where(table.c.endpoint == endpoint, key.in_(wanted[start : start + _CHUNK])))


def add_to_cells(tx: Connection, endpoint: str, changes: Mapping[tuple[str, int], Sequence[tuple[float, float, int]]]) -> None:
    """Add rows (output, label, 1 or -1) to cells by version and day. The caller holds the endpoint's cursor row."""
    versions, days = {version for version, _ in changes}, {day for _, day in changes}
    query = select(outcome_days).where(
        outcome_days.c.endpoint == endpoint, outcome_days.c.version.in_(versions), outcome_days.c.day.in_(days)
    )
    cells = {(row.version, row.day): Cell(row.n, row.absolute, row.squared, row.label) for row in tx.execute(query)}
    rows = []
    for (version, day), each in sorted(changes.items()):
        cell = cells.get((version, day), Cell())
        for output, label, times in each:
            cell = cell.plus(output, label, times=times)
        rows.append(
            {
                "endpoint": endpoint, "version": version, "day": day,
                "n": cell.n, "absolute": cell.absolute, "squared": cell.squared, "label": cell.label,
            }
        )  # fmt: skip
    upsert(tx, outcome_days, rows, key=["endpoint", "version", "day"], update=["n", "absolute", "squared", "label"])


def list_errors(tx: Connection, endpoint: str, *, from_day: int, until_day: int, version: str | None = None) -> list[tuple[str, DayErrors]]:
    """(version, errors of a day) for labelled rows of days in [from_day, until_day), ascending."""
    cells = outcome_days.c
    query = select(outcome_days).where(cells.endpoint == endpoint, cells.day >= from_day, cells.day < until_day, cells.n > 0)
    if version is not None:
        query = query.where(cells.version == version)
    rows = tx.execute(query.order_by(cells.day, cells.version))
    return [
        (row.version, DayErrors(row.day, row.n, row.absolute * _UNIT, row.squared * _UNIT, row.label * _UNIT)) for row in rows
    ]  # fmt: skip


def list_open(tx: Connection, endpoint: str, *, from_day: int, until_day: int) -> list[tuple[str, int, int]]:
    """(version, day, predictions without a label) of days in [from_day, until_day), ascending."""
    each = open_predictions.c
    day = (type_coerce(each.event_at, BigInteger) // DAY).label("day")
    query = (
        select(each.version, day, func.count().label("n"))
        .where(each.endpoint == endpoint, each.event_at >= from_micros(from_day * DAY), each.event_at < from_micros(until_day * DAY))
        .group_by(each.version, day)
        .order_by(day, each.version)
    )
    return [(row.version, int(row.day), row.n) for row in tx.execute(query)]


def first_day(tx: Connection, endpoint: str) -> int | None:
    """Event day of the endpoint's first prediction."""
    waiting = tx.execute(select(func.min(open_predictions.c.event_at)).where(open_predictions.c.endpoint == endpoint)).scalar_one()
    labelled = tx.execute(select(func.min(outcome_days.c.day)).where(outcome_days.c.endpoint == endpoint)).scalar_one()
    days = [*([] if waiting is None else [day_of(waiting)]), *([] if labelled is None else [int(labelled)])]
    return min(days, default=None)


def list_counts(tx: Connection, endpoint: str, version: str, reference: str, *, from_day: int, until_day: int) -> list[Row[Any]]:
    """Rows (day, rows, counts) over the cells of that reference, ascending."""
    each = profile_windows.c
    mine = (each.endpoint == endpoint) & (each.version == version) & (each.reference == reference)
    query = select(each.day, each.rows, each.counts).where(mine, each.day >= from_day, each.day < until_day)
    return list(tx.execute(query.order_by(each.day)))


def list_checks(
    tx: Connection,
    project: str,
    monitor: str,
    *,
    limit: int,
    kind: str | None = None,
    from_day: int | None = None,
    until_day: int | None = None,
) -> list[Row[Any]]:
    """The newest checks, in ascending order of their days."""
    query = select(checks).where(checks.c.project == project, checks.c.monitor == monitor).order_by(checks.c.day.desc()).limit(limit)
    if kind is not None:
        query = query.where(checks.c.kind == kind)
    if from_day is not None:
        query = query.where(checks.c.day >= from_day)
    if until_day is not None:
        query = query.where(checks.c.day < until_day)
    return list(tx.execute(query))[::-1]


def open_alert(tx: Connection, project: str, monitor: str) -> Row[Any] | None:
    query = select(alerts).where(alerts.c.project == project, alerts.c.monitor == monitor, alerts.c.resolved_at.is_(None))
    return tx.execute(query.order_by(alerts.c.id).limit(1)).first()


METRICS: tuple[Metric, ...] = ("mae", "wape", "rmse")
