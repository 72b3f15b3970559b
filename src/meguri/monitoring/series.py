"""Queries for the pages of an endpoint: quality by event day, coverage of late labels, drift by column and day, labelled rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from meguri.core.ids import EndpointId
from meguri.core.times import from_micros
from meguri.monitoring import tables
from meguri.monitoring.checker import MATURE_DAYS, Days, expected_coverage
from meguri.monitoring.labels import count_pending
from meguri.monitoring.model import ColumnSeries, Coverage, DayQuality, DriftMatrix, KnownLabel, OutcomeRow, VersionQuality
from meguri.monitoring.quality import DayErrors, metric_of
from meguri.monitoring.tables import METRICS, label_cursors, outcomes, pending_labels
from meguri.profiles.reference import DAY

LARGEST_MATRIX = 1_000


def quality_by_day(tx: Connection, endpoint: EndpointId, *, from_day: int, until_day: int) -> list[DayQuality]:
    """Event days in [from_day, until_day) that have predictions, ascending."""
    days = Days.read(tx, endpoint, until_day=until_day, from_day=from_day - MATURE_DAYS - 90)
    mature = days.mature(until_day)
    predicted: dict[int, dict[str, int]] = defaultdict(dict)
    errors: dict[int, dict[str, DayErrors]] = defaultdict(dict)
    for (day, version), count in days.predicted().items():
        predicted[day][version] = count
    for version, each in days.errors:
        errors[each.day][version] = each
    return [_day(day, predicted[day], errors[day], day in mature) for day in sorted(predicted) if day >= from_day]


def _day(day: int, predicted: dict[str, int], errors: dict[str, DayErrors], mature: bool) -> DayQuality:
    versions = tuple(
        VersionQuality(version, predicted.get(version, 0), errors[version].n if version in errors else 0, _metrics(version, errors))
        for version in sorted(predicted.keys() | errors.keys())
    )
    labelled = sum(each.n for each in errors.values())
    whole = {metric: metric_of(list(errors.values()), metric) for metric in METRICS}
    return DayQuality(day, from_micros(day * DAY), sum(predicted.values()), labelled, mature, whole, versions)


def _metrics(version: str, errors: dict[str, DayErrors]) -> dict[Any, float | None]:  # Any: Metric; dicts are invariant in their keys
    days = [errors[version]] if version in errors else []
    return {metric: metric_of(days, metric) for metric in METRICS}


def coverage_of(tx: Connection, endpoint: EndpointId, *, until_day: int) -> Coverage:
    """Of all days before `until_day`."""
    coverage = Days.read(tx, endpoint, until_day=until_day).coverage()
    cursor = tx.execute(select(label_cursors).where(label_cursors.c.endpoint == endpoint)).first()
    return Coverage(
        sum(predicted for predicted, _ in coverage.values()),
        sum(labelled for _, labelled in coverage.values()),
        count_pending(tx, endpoint),
        cursor.corrected if cursor else 0,
        cursor.repeated if cursor else 0,
        expected_coverage(coverage, until_day),
    )


def drift_by_check(tx: Connection, project: str, monitor: str, *, from_day: int | None, until_day: int | None) -> DriftMatrix:
    """Corrected PSI of every column at the newest 1,000 checks of a drift monitor."""
    rows = tables.list_checks(tx, project, monitor, limit=LARGEST_MATRIX, kind="drift", from_day=from_day, until_day=until_day)[::-1]
    found = [{each["column"]: each for each in row.evidence["columns"]} for row in rows]
    names = sorted({name for columns in found for name in columns})
    series = [
        ColumnSeries(
            name,
            [columns[name]["psi_corrected"] if name in columns else None for columns in found],
            [columns[name]["threshold"] if name in columns else None for columns in found],
            [name in columns and columns[name]["moved"] for columns in found],
        )
        for name in names
    ]
    return DriftMatrix(monitor, [from_micros(row.day * DAY) for row in rows], series)


def rows_between(tx: Connection, endpoint: EndpointId, start: datetime, end: datetime) -> list[OutcomeRow]:
    """Labelled predictions with event times in [start, end), by event time, then id."""
    each = outcomes.c
    query = (
        select(each.prediction_id, each.event_at, each.version, each.output, each.label, each.inputs)
        .where(each.endpoint == endpoint, each.event_at >= start, each.event_at < end)
        .order_by(each.event_at, each.prediction_id)
    )
    return [OutcomeRow(row.prediction_id, row.event_at, row.version, row.output, row.label, row.inputs) for row in tx.execute(query)]


def label_of(tx: Connection, endpoint: EndpointId, prediction: str) -> KnownLabel | None:
    """The label of a prediction; None before it came."""
    for table in (outcomes, pending_labels):
        mine = (table.c.endpoint == endpoint) & (table.c.prediction_id == prediction)
        row = tx.execute(select(table.c.label, table.c.labelled_at).where(mine)).first()
        if row is not None:
            return KnownLabel(prediction, row.label, row.labelled_at, joined=table is outcomes)
    return None
