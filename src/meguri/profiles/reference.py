"""The reference: what the columns of a model looked like in training, as cells and counts, without the rows themselves."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from meguri.core.digests import digest_of_value
from meguri.core.errors import Invalid
from meguri.core.json import JsonObject
from meguri.profiles.cells import Cells, Values, cells_of

PREDICTION = "prediction"
DAY = 86_400_000_000
"""Microseconds of a day: an event's day is `event_at // DAY`, days since 1970 in UTC."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Counts of each day of the reference: the null of an alarm, for real days are not alike (season, weekday).

    `days` ascending (days since 1970); `counts` little-endian int32, one row of all cells for each day.
    """

    days: tuple[int, ...]
    counts: bytes

    def table(self) -> NDArray[np.int64]:
        """int64 array of shape (days, cells of all columns)."""
        return np.frombuffer(self.counts, dtype="<i4").reshape(len(self.days), -1).astype(np.int64)


@dataclass(frozen=True)
class Reference:
    """Frozen cells of each column with the reference's own counts; JSON-able, comparable by value."""

    columns: tuple[Cells, ...]
    counts: tuple[tuple[int, ...], ...]
    blocks: Blocks | None = None

    @staticmethod
    def from_columns(
        columns: Mapping[str, Values],
        *,
        prediction: Values | None = None,
        at: Values | None = None,
        prediction_at: Values | None = None,
    ) -> Reference:
        """Cells and counts of `columns` (name -> one value a row) and of the model's `prediction` on such rows.

        `at`: event times of the rows (int microseconds or numpy datetime64); where it is given, counts are also kept by day (`blocks`).
        `prediction_at`: the same for predictions, where they were made for other rows than `columns`.
        Raises Invalid for a column named `prediction` or for columns of unequal length.
        """
        if PREDICTION in columns:
            raise Invalid(PREDICTION, "is the name of the model's output: rename the input column")
        whole = {name: (values, at) for name, values in columns.items()}
        if prediction is not None:
            whole[PREDICTION] = (prediction, at if prediction_at is None else prediction_at)
        cells = tuple(cells_of(name, values) for name, (values, _) in whole.items())
        found = [each.finder()(values) for each, (values, _) in zip(cells, whole.values(), strict=True)]
        counts = tuple(tuple(np.bincount(index, minlength=each.size).tolist()) for each, index in zip(cells, found, strict=True))
        if at is None:
            return Reference(cells, counts)
        days = [_days(name, times, len(index)) for (name, (_, times)), index in zip(whole.items(), found, strict=True)]
        return Reference(cells, counts, _blocks(cells, found, days))

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.columns)

    @cached_property
    def places(self) -> dict[str, slice]:
        """Where each column's cells stand in a flat vector of counts."""
        ends = np.cumsum([each.size for each in self.columns]).tolist()
        return {each.name: slice(end - each.size, end) for each, end in zip(self.columns, ends, strict=True)}

    @cached_property
    def size(self) -> int:
        return sum(each.size for each in self.columns)

    @cached_property
    def flat(self) -> NDArray[np.int64]:
        """The reference's counts as one vector. Do not write to it."""
        return np.array([count for column in self.counts for count in column], dtype=np.int64)

    @cached_property
    def finders(self) -> dict[str, Any]:  # Any: functions of `Cells.finder`
        return {each.name: each.finder() for each in self.columns}

    @cached_property
    def digest(self) -> str:
        """Address of cells and counts; blocks do not change it."""
        return digest_of_value(self.without_blocks().to_json())

    def without_blocks(self) -> Reference:
        """The part that serving needs."""
        return replace(self, blocks=None)

    def to_json(self) -> JsonObject:
        columns = [{**msgspec.to_builtins(each), "counts": list(counts)} for each, counts in zip(self.columns, self.counts, strict=True)]
        if self.blocks is None:
            return {"columns": columns}
        packed = base64.b64encode(zlib.compress(self.blocks.counts, 6)).decode()
        return {"columns": columns, "blocks": {"days": list(self.blocks.days), "counts": packed}}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Reference:  # Any: JSON
        """The inverse of `to_json`. Raises Invalid for another form."""
        try:
            columns = tuple(_cells(each) for each in value["columns"])
            counts = tuple(tuple(int(count) for count in each["counts"]) for each in value["columns"])
            blocks = value.get("blocks")
            days = Blocks(tuple(blocks["days"]), zlib.decompress(base64.b64decode(blocks["counts"]))) if blocks else None
            return Reference(columns, counts, days)
        except (KeyError, TypeError, ValueError, zlib.error) as error:
            raise Invalid("reference", f"is not a reference profile ({error}): make it with Reference.from_columns") from error


def day_numbers(at: Values) -> NDArray[np.int64]:
    """Days since 1970 (UTC) of event times in int microseconds or numpy datetime64."""
    times = np.asarray(at)
    if times.dtype.kind == "M":
        times = times.astype("datetime64[us]").astype(np.int64)
    return times.astype(np.int64) // DAY


def _cells(value: Mapping[str, Any]) -> Cells:  # Any: JSON
    values = tuple(float(each) for each in value["values"]) if value["kind"] == "integer" else tuple(value["values"])
    edges = tuple(float(edge) for edge in value["edges"])
    return Cells(value["name"], value["kind"], edges, values, tuple(value["tail"]), value["tail_is_open"])


def _days(name: str, times: Values | None, rows: int) -> NDArray[np.int64]:
    days = day_numbers(times if times is not None else ())
    if len(days) != rows:
        raise Invalid(name, f"has {rows} values and {len(days)} event times: pass one event time a row")
    return days


def _blocks(cells: tuple[Cells, ...], found: list[NDArray[np.int64]], days: list[NDArray[np.int64]]) -> Blocks:
    every = np.unique(np.concatenate(days)) if days else np.array([], dtype=np.int64)
    tables = []
    for each, index, day in zip(cells, found, days, strict=True):
        row = np.searchsorted(every, day)
        tables.append(np.bincount(row * each.size + index, minlength=len(every) * each.size).reshape(len(every), each.size))
    table = np.concatenate(tables, axis=1) if tables else np.zeros((len(every), 0))
    return Blocks(tuple(every.tolist()), table.astype("<i4").tobytes())
