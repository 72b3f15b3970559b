"""The table of a source: its name, its columns, and which of its rows counted at a moment."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from meguri.core.definitions.features import DType, EntityDefinition, SourceDefinition
from meguri.ports.tables import TableStore

IDENTITY = "_identity"
"""A hash of a row's content, as a positive number."""

ARRIVED = "_arrived"
"""When a row arrived; null where that does not count: rows of an event-time project before its first watermark, or of older releases."""

ORDER = "_order"
"""A number that grows with each row of the source; of the rows with one key and event time, the later ones are corrections."""

KNOWN = "_known"

ORDER_SHIFT = 14
"""Makes an order of the identity of a row that was stored without one; smaller than every order of today."""

POLARS: dict[DType, pl.DataType] = {
    "int": pl.Int64(),
    "float": pl.Float64(),
    "bool": pl.Boolean(),
    "str": pl.String(),
    "datetime": pl.Datetime("us", "UTC"),
}


def table_of(project: str, source: str) -> str:
    return f"source.{project}.{source}"


def columns_of(source: SourceDefinition, entity: EntityDefinition) -> dict[str, DType]:
    """Every column of a source with its type: key, event time, the declared ones, and `known_at` where rows carry one."""
    known: dict[str, DType] = {} if source.known_at is None else {source.known_at: "datetime"}
    return {entity.key: entity.dtype, source.event_time: "datetime", **source.columns, **known}


def known_at(source: SourceDefinition) -> pl.Expr:
    """The moment at which a row was known by its own times: its `known_at`, or `known_after` its event time."""
    later = pl.col(source.event_time) + pl.duration(microseconds=round(source.known_after_seconds * 1e6))
    return later if source.known_at is None else pl.coalesce(pl.col(source.known_at), later)


def seen_at(source: SourceDefinition) -> pl.Expr:
    """The moment from which a row counts where arrivals do: it was known and had arrived."""
    return pl.max_horizontal(known_at(source), pl.col(ARRIVED))


def source_rows(
    tables: TableStore, project: str, source: SourceDefinition, entity: EntityDefinition, version: int | None = None
) -> pl.LazyFrame:
    """Every row of a source, corrections and what they replace, in no order.

    The columns are the declared ones (null where the table does not have one yet), then `IDENTITY`, `ARRIVED`, `ORDER`.
    """
    rows = tables.scan(table_of(project, source.name), version)
    present = rows.collect_schema()

    def column(name: str, dtype: pl.DataType) -> pl.Expr:
        return pl.col(name) if name in present else pl.lit(None, dtype).alias(name)

    columns = [column(name, POLARS[dtype]) for name, dtype in columns_of(source, entity).items()]
    order = pl.coalesce(column(ORDER, pl.Int64()), pl.col(IDENTITY) // (1 << ORDER_SHIFT)).alias(ORDER)
    wanted = rows.select(*columns, pl.col(IDENTITY), column(ARRIVED, POLARS["datetime"]), order)
    return wanted.unique(subset=[entity.key, source.event_time, ORDER], keep="any")


def rows_seen_by(rows: pl.LazyFrame, source: SourceDefinition, moment: datetime, live_since: datetime | None) -> pl.LazyFrame:
    """The rows that were known at a moment, and had arrived; arrivals count from `live_since` on (None: always)."""
    counts = known_at(source) if live_since is not None and moment < live_since else seen_at(source)
    return rows.filter(counts <= moment)


def last_corrections(rows: pl.LazyFrame, source: SourceDefinition, entity: EntityDefinition) -> pl.LazyFrame:
    """One row for each key and event time, the one that was known last and, of those, arrived last; ordered by event time and key."""
    ordered = rows.with_columns(known_at(source).alias(KNOWN)).sort(source.event_time, entity.key, KNOWN, ORDER)
    return ordered.unique(subset=[entity.key, source.event_time], keep="last", maintain_order=True).drop(KNOWN)
