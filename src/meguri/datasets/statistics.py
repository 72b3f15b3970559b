"""Statistics of a frame, the schema inferred from them, and the anomalies of a frame under a schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from meguri.core.definitions.features import DType
from meguri.datasets.model import Anomaly, AnomalyKind, ColumnSchema, ColumnStatistics, Schema

CELLS = 20
TOP = 20
ENOUGH_ROWS = 100
"""A snapshot with fewer rows gives no ranges and no required columns."""

SLACK = 5.0
"""A range is widened by this many times its width on each side: wide enough for demand that grows several times and for degrees below zero
after a summer, not for a wrong unit. That numbers were never negative is no rule: whole degrees of a summer look like counts."""

LARGEST_DOMAIN = 50


def summarise(frame: pl.DataFrame, dtypes: Mapping[str, DType]) -> tuple[ColumnStatistics, ...]:
    """Statistics of each named column."""
    return tuple(_column(frame[name], dtype) for name, dtype in dtypes.items())


def infer(statistics: tuple[ColumnStatistics, ...], frame: pl.DataFrame) -> Schema:
    """The schema of a first snapshot. With fewer than 100 rows it has types only."""
    return Schema(tuple(_infer(each, frame[each.name]) for each in statistics))


def validate(schema: Schema, frame: pl.DataFrame) -> tuple[Anomaly, ...]:
    """What is unusual about a frame, by column; new columns are not checked."""
    found: list[Anomaly] = []
    for column in schema.columns:
        if column.name not in frame.columns:
            found.append(Anomaly(column.name, "missing", "the column is not there", len(frame)))
            continue
        values = frame[column.name]
        missing = values.null_count()
        if column.required and missing:
            found.append(
                Anomaly(column.name, "missing", f"{missing} of {len(frame)} rows have no value, the first snapshot had all", missing)
            )
        found += _outside(column, values)
    return tuple(found)


def _outside(column: ColumnSchema, values: pl.Series) -> list[Anomaly]:
    def found(kind: AnomalyKind, bad: pl.Series, message: str) -> list[Anomaly]:
        count = int(bad.sum() or 0)
        return [Anomaly(column.name, kind, message, count)] if count else []

    if column.domain is not None:
        unseen = ~values.is_in(list(column.domain)) & values.is_not_null()
        examples = ", ".join(repr(value) for value in values.filter(unseen).unique().sort().head(3))
        return found("unseen", unseen, f"texts that the first snapshot did not have: {examples}")
    if column.low is not None and column.high is not None:
        outside = ~values.to_physical().cast(pl.Float64).is_between(column.low, column.high)
        return found("range", outside, f"values outside {column.low:g} to {column.high:g}, the widened range of the first snapshot")
    return []


def _column(values: pl.Series, dtype: DType) -> ColumnStatistics:
    present = values.drop_nulls()
    plain = ColumnStatistics(values.name, dtype, len(values), values.null_count(), present.n_unique())
    if dtype in ("str", "bool"):
        frequent = present.cast(pl.String).rename("text").value_counts().sort(["count", "text"], descending=[True, False]).head(TOP)
        return replace(plain, top=tuple((str(text)[:200], int(count)) for text, count in frequent.iter_rows()))
    numbers = present.to_physical().cast(pl.Float64).to_numpy()
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return plain
    edges = np.unique(np.quantile(numbers, np.linspace(0, 1, CELLS + 1)))
    cells = np.bincount(np.searchsorted(edges[1:-1], numbers, side="left"), minlength=max(len(edges) - 1, 1))
    return replace(
        plain,
        least=float(numbers.min()),
        most=float(numbers.max()),
        mean=float(numbers.mean()),
        deviation=float(numbers.std()),
        edges=tuple(edges.tolist()),
        counts=tuple(cells.tolist()),
    )


def _infer(column: ColumnStatistics, values: pl.Series) -> ColumnSchema:
    if column.rows < ENOUGH_ROWS:
        return ColumnSchema(column.name, column.dtype)
    unique = column.distinct == column.rows - column.nulls > 1
    low, high = _range(column, values, unique=unique)
    texts = column.dtype == "str" and column.distinct <= LARGEST_DOMAIN
    domain = tuple(sorted(values.drop_nulls().unique().to_list())) if texts else None
    return ColumnSchema(column.name, column.dtype, column.nulls == 0, column.nulls / column.rows, low, high, domain, unique)


def _range(column: ColumnStatistics, values: pl.Series, *, unique: bool) -> tuple[float | None, float | None]:
    """The widened range, or none where the values say nothing about one: constants, row numbers and other ids, moments, texts."""
    if column.dtype not in ("int", "float") or column.least is None or column.most is None or column.least == column.most:
        return None, None
    numbers = values.drop_nulls().cast(pl.Float64)
    whole = bool((numbers == numbers.floor()).all())
    if whole and unique:
        return None, None
    slack = SLACK * (column.most - column.least)
    return column.least - slack, column.most + slack
