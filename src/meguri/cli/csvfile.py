"""A CSV file as rows of a source: checked as a whole before the first row is sent, then read again in batches."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from meguri.core.definitions.features import DType, EntityDefinition, SourceDefinition
from meguri.core.errors import Invalid
from meguri.core.times import iso

Value = str | int | float | bool | None
Rows = Iterator[dict[str, Value]]

BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
MISSING = {"", "na", "nan", "null", "none"}
"""What a cell without a value holds, in any case: files of pandas, R and spreadsheets differ."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns are wanted, of which types, and how to get them from a file.

    `headers`: the file's header of a column where that differs; `constants`: text of columns that the file does not have, the same in
    every row; `time_format`: as `strptime` takes it, empty for ISO 8601; `zone`: of times that are written without one, None to refuse
    those. `required`: columns that may not be empty. `advice`: what to do about one that the file does not have (`{name}`).
    """

    types: Mapping[str, DType]
    headers: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    time_format: str = ""
    zone: tzinfo | None = None
    required: frozenset[str] = frozenset()
    advice: str = "give a file that has it"

    @staticmethod
    def of(source: SourceDefinition, entity: EntityDefinition) -> dict[str, DType]:
        """The columns that rows of a source have."""
        times: dict[str, DType] = {name: "datetime" for name in (source.event_time, source.known_at) if name is not None}
        return {entity.key: entity.dtype, **times, **source.columns}


def read_rows(path: Path, columns: Columns) -> Rows:
    """Rows with these columns, in the order of the file; an empty cell is null, times are ISO 8601 in UTC.

    Raises Invalid naming the file and the column that it does not have, or the line and what is wrong with it.
    """
    with _open(path) as stream:
        reader = csv.reader(stream)
        try:
            header = next(reader, None)
            if header is None:
                raise Invalid(f"file {path}", "is empty: give a CSV file whose first line names the columns")
            cells = [_cell(path, header, name, dtype, columns) for name, dtype in columns.types.items()]
            for row in reader:
                if row:
                    where = f"file {path}, line {reader.line_num}"
                    if len(row) != len(header):
                        raise Invalid(where, f"has {len(row)} cells, the header has {len(header)}: correct the line")
                    yield {name: read(row, where) for name, read in cells}
        except (csv.Error, UnicodeDecodeError) as error:
            raise Invalid(f"file {path}", f"is no CSV text in UTF-8 ({error}): save it as CSV in UTF-8") from error


def _open(path: Path) -> Any:  # Any: an open text file
    try:
        return path.open(newline="", encoding="utf-8-sig")
    except OSError as error:
        raise Invalid(f"file {path}", f"cannot be read ({error.strerror}): give the path of a CSV file") from error


def _cell(path: Path, header: list[str], name: str, dtype: DType, columns: Columns) -> tuple[str, Callable[[list[str], str], Value]]:
    """How one column is read from a row of the file."""

    def checked(text: str, where: str) -> Value:
        value = _value(text, name, dtype, where, columns)
        if value is None and name in columns.required:
            raise Invalid(where, f"column {name!r} is empty: every row needs it; fill it in, or leave the line out")
        return value

    if name in columns.constants:
        constant = checked(columns.constants[name], f"--constant {name}")
        return name, lambda _row, _where: constant
    called = columns.headers.get(name, name)
    if called not in header:
        why = f"column {called!r} is missing; the file has {', '.join(header)}"
        raise Invalid(f"file {path}", f"{why}: {columns.advice.format(name=name)}", column=name)
    place = header.index(called)
    return name, lambda row, where: checked(row[place], where)


def _value(text: str, name: str, dtype: DType, where: str, columns: Columns) -> Value:
    text = text.strip()
    if text.lower() in MISSING:
        return None
    try:
        if dtype == "datetime":
            return _time(text, columns, f"{where}, column {name!r}")
        if dtype == "bool":
            return BOOLEANS[text.lower()]
        if dtype == "str":
            return text
        number = float(text)
        if not math.isfinite(number):
            raise Invalid(where, f"column {name!r} holds {text!r}: leave the cell empty where there is no value")
        if dtype == "int":
            return int(text) if "." not in text and "e" not in text.lower() else _whole(number)
        return number
    except (ValueError, KeyError) as error:
        raise Invalid(where, f"column {name!r} holds {text!r}, which is no {dtype}: correct the cell") from error


def _whole(number: float) -> int:
    """`3.0` is how some programs write 3. Raises ValueError for other fractions."""
    if not number.is_integer():
        raise ValueError(number)
    return int(number)


def _time(text: str, columns: Columns, where: str) -> str:
    written = columns.time_format
    at = datetime.strptime(text, written) if written else datetime.fromisoformat(text)  # noqa: DTZ007  # its zone is seen to below
    if at.tzinfo is None:
        if columns.zone is None:
            raise Invalid(where, f"{text!r} has no time zone: say which with --zone, such as --zone Asia/Tokyo or --zone UTC")
        at = at.replace(tzinfo=columns.zone)
    return iso(at)
