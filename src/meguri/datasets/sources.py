"""The table of a source: its name, its columns, and its distinct events."""

from __future__ import annotations

import polars as pl

from meguri.core.definitions.features import DType, EntityDefinition, SourceDefinition
from meguri.ports.tables import TableStore

IDENTITY = "_identity"
"""The column that tells events of one entity and moment apart; the same event has the same number."""

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
    """The moment at which a row was known: its own, or `known_after` its event time."""
    later = pl.col(source.event_time) + pl.duration(microseconds=round(source.known_after_seconds * 1e6))
    return later if source.known_at is None else pl.coalesce(pl.col(source.known_at), later)


def source_rows(
    tables: TableStore, project: str, source: SourceDefinition, entity: EntityDefinition, version: int | None = None
) -> pl.LazyFrame:
    """The distinct events of a source, with all declared columns (null where the table does not have one yet), in no order."""
    rows = tables.scan(table_of(project, source.name), version)
    present = rows.collect_schema()
    columns = [
        pl.col(name) if name in present else pl.lit(None, POLARS[dtype]).alias(name) for name, dtype in columns_of(source, entity).items()
    ]
    return rows.select(*columns, pl.col(IDENTITY)).unique(subset=[entity.key, source.event_time, IDENTITY], keep="any")
