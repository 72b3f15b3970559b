"""Tables of monitoring, and their queries.

In `label_cursors`, `pending_labels`, `outcomes` and `outcome_days` the column `endpoint` holds the endpoint's id; in `checks` and `alerts`,
which belong to a monitor of a project, it holds the name that the monitor declares.
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
    Select,
    String,
    Table,
    Text,
    delete,
    func,
    select,
)
from sqlalchemy.types import TypeDecorator

from meguri.core.definitions.monitoring import Metric
from meguri.core.ids import EndpointId
from meguri.core.times import micros
from meguri.db.dialect import upsert
from meguri.db.metadata import Json, Micros, metadata
from meguri.monitoring.quality import DayErrors
from meguri.profiles.reference import DAY

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


def find_by_id(tx: Connection, table: Table, endpoint: EndpointId, ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Rows of `outcomes` or `pending_labels` by prediction id."""
    wanted = sorted(ids)
    found: dict[str, Row[Any]] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = select(table).where(table.c.endpoint == endpoint, table.c.prediction_id.in_(wanted[start : start + _CHUNK]))
        found |= {row.prediction_id: row for row in tx.execute(query)}
    return found


def pending_ids(endpoint: EndpointId) -> Select[tuple[str]]:
    """A query of the prediction ids of pending labels."""
    return select(pending_labels.c.prediction_id).where(pending_labels.c.endpoint == endpoint)


def delete_pending(tx: Connection, endpoint: EndpointId, ids: Iterable[str]) -> None:
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        some = pending_labels.c.prediction_id.in_(wanted[start : start + _CHUNK])
        tx.execute(delete(pending_labels).where(pending_labels.c.endpoint == endpoint, some))


def add_to_cells(tx: Connection, endpoint: EndpointId, changes: Mapping[tuple[str, int], Sequence[tuple[float, float, int]]]) -> None:
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


def list_errors(tx: Connection, endpoint: EndpointId, *, from_day: int, until_day: int) -> list[tuple[str, DayErrors]]:
    """(version, errors of a day) for labelled rows of days in [from_day, until_day), ascending."""
    cells = outcome_days.c
    query = select(outcome_days).where(cells.endpoint == endpoint, cells.day >= from_day, cells.day < until_day, cells.n > 0)
    rows = tx.execute(query.order_by(cells.day, cells.version))
    return [
        (row.version, DayErrors(row.day, row.n, row.absolute * _UNIT, row.squared * _UNIT, row.label * _UNIT)) for row in rows
    ]  # fmt: skip


def first_labelled_day(tx: Connection, endpoint: EndpointId) -> int | None:
    """The earliest event day that has a label."""
    first = tx.execute(select(func.min(outcome_days.c.day)).where(outcome_days.c.endpoint == endpoint)).scalar_one()
    return None if first is None else int(first)


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
    """Checks of days in [from_day, until_day), the newest first."""
    query = select(checks).where(checks.c.project == project, checks.c.monitor == monitor).order_by(checks.c.day.desc()).limit(limit)
    if kind is not None:
        query = query.where(checks.c.kind == kind)
    if from_day is not None:
        query = query.where(checks.c.day >= from_day)
    if until_day is not None:
        query = query.where(checks.c.day < until_day)
    return list(tx.execute(query))


def open_alert(tx: Connection, project: str, monitor: str) -> Row[Any] | None:
    query = select(alerts).where(alerts.c.project == project, alerts.c.monitor == monitor, alerts.c.resolved_at.is_(None))
    return tx.execute(query.order_by(alerts.c.id).limit(1)).first()


METRICS: tuple[Metric, ...] = ("mae", "wape", "rmse")
