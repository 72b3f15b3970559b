"""Snapshots, statistics, schemas, and what is wrong with rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from meguri.core.definitions.features import DType
from meguri.core.ids import DatasetId, Digest, SnapshotId
from meguri.core.json import JsonObject

AnomalyKind = Literal["type", "missing", "non_finite", "range", "future", "hour", "unseen"]


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """Statistics of one column. `edges` and `counts`: cells between quantiles (at most 20).

    A number is in the cell whose upper edge it reaches.

    `least`, `most`, `mean` and `deviation` are of numbers and moments (microseconds); `top` are the most frequent texts with their counts.
    """

    name: str
    dtype: DType
    rows: int
    nulls: int
    distinct: int
    least: float | None = None
    most: float | None = None
    mean: float | None = None
    deviation: float | None = None
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    top: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnSchema:
    """What a column may hold. `low` and `high` are the widened range of what was seen, `domain` the texts that were seen."""

    name: str
    dtype: DType
    required: bool = False
    missing_rate: float = 0.0
    low: float | None = None
    high: float | None = None
    domain: tuple[str, ...] | None = None
    unique: bool = False

    def problem(self, value: Any) -> tuple[AnomalyKind, str] | None:  # Any: a value of the column's type
        """Why a value cannot be accepted, or None. An unseen text is no reason: it is for `validate` to report."""
        if value is None:
            return ("missing", "it is missing, and the first snapshot had a value in every row") if self.required else None
        if self.low is None or self.high is None or isinstance(value, str):
            return None
        if not math.isfinite(value):
            return "non_finite", f"{value} is not finite"
        if not self.low <= value <= self.high:
            return "range", f"{value:g} is outside {self.low:g} to {self.high:g}, the widened range of the first snapshot"
        return None


@dataclass(frozen=True, slots=True)
class Schema:
    """What rows of a dataset look like, as inferred from a snapshot."""

    columns: tuple[ColumnSchema, ...]

    def problems(self, values: Mapping[str, Any]) -> list[tuple[str, AnomalyKind, str]]:  # Any: values of the declared types
        """Why a row cannot be accepted: column, kind, text. Columns without a schema are not checked."""
        found = []
        for column in self.columns:
            problem = column.problem(values.get(column.name)) if column.name in values else None
            if problem is not None:
                found.append((column.name, *problem))
        return found


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something unusual about a column of many rows; `rows` are how many."""

    column: str
    kind: AnomalyKind
    message: str
    rows: int


@dataclass(frozen=True, slots=True)
class Dataset:
    id: DatasetId
    project: str
    name: str
    created_at: datetime
    schema: Schema | None
    schema_from: SnapshotId | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The rows of a source with an event time before `until` that were known by `known_by`, at `version` of `table`. It never changes."""

    id: SnapshotId
    project: str
    dataset: str
    table: str
    version: int
    until: datetime
    known_by: datetime
    rows: int
    digest: Digest
    columns: dict[str, DType]
    statistics: tuple[ColumnStatistics, ...]
    anomalies: tuple[Anomaly, ...]
    taken_at: datetime
    event_from: datetime | None
    event_to: datetime | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not accepted: its place in the push, its own event time where it has one, and the first reason."""

    row: int
    column: str
    kind: AnomalyKind
    why: str
    event_at: datetime | None
    values: JsonObject


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row in quarantine: stored, and not used."""

    id: str
    project: str
    source: str
    column: str
    kind: AnomalyKind
    why: str
    event_at: datetime | None
    values: JsonObject
    at: datetime
