"""Dataframes at the edge: the one module of the SDK that loads Polars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from meguri.core.errors import Invalid
from meguri.core.times import iso

_TYPES: dict[type, pl.DataType] = {
    int: pl.Int64(),
    float: pl.Float64(),
    bool: pl.Boolean(),
    str: pl.String(),
    datetime: pl.Datetime("us", "UTC"),
}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def read_csv(path: Path, columns: Mapping[str, type]) -> pl.DataFrame:
    """These columns of a CSV file with a header, in this order and of these types; an empty cell is null.

    Raises Invalid naming the file and the column that is missing, or the line and value that do not have the column's type.
    """
    try:
        text = pl.read_csv(path, infer_schema=False)
    except FileNotFoundError as error:
        raise Invalid("file", f"there is no file {path}") from error
    except pl.exceptions.PolarsError as error:
        raise Invalid(f"file {path.name}", f"it is no CSV table: {str(error).splitlines()[0]}") from error
    missing = [name for name in columns if name not in text.columns]
    if missing:
        raise Invalid(f"file {path.name}", f"column {missing[0]!r} is missing: the file has {', '.join(text.columns)}", column=missing[0])
    return text.select(_typed(path, text[name], dtype) for name, dtype in columns.items())


def to_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:  # Any: JSON values
    """Rows as a push sends them: times as ISO 8601 text, NaN as null."""
    nan_free = frame.with_columns(pl.col(name).fill_nan(None) for name, dtype in frame.schema.items() if dtype.is_float())
    rows = nan_free.iter_rows(named=True)
    return [{key: iso(value) if isinstance(value, datetime) else value for key, value in row.items()} for row in rows]


def _typed(path: Path, column: pl.Series, dtype: type) -> pl.Series:
    wanted = _TYPES.get(dtype)
    if wanted is None:
        raise Invalid(f"column {column.name}", f"{dtype!r} is no type for a column: use int, float, bool, str or datetime")
    if dtype is bool:
        typed = column.str.to_lowercase().replace_strict(_BOOLEANS, default=None, return_dtype=wanted)
    elif dtype is datetime:
        typed = column.str.to_datetime(time_unit="us", time_zone="UTC", strict=False)
    else:
        typed = column.str.strip_chars().cast(wanted, strict=False)
    lost = (typed.is_null() & column.is_not_null()).arg_true()
    if len(lost):
        row = int(lost[0])
        raise Invalid(f"file {path.name}, line {row + 2}", f"column {column.name!r} holds {column[row]!r}, which is no {dtype.__name__}")
    return typed
