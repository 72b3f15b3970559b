"""From the JSON rows of a push to events and rejected rows: types, times, and the dataset's schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meguri.core.definitions.features import EntityDefinition, SourceDefinition
from meguri.core.errors import Invalid
from meguri.core.times import from_micros, iso, micros
from meguri.datasets.model import Rejected, Schema
from meguri.features.rows import Event, Key, Layout, Unfit, Value, read_value

LARGEST_PUSH = 100_000

Row = Mapping[str, Any]  # Any: JSON as a client sent it


@dataclass(frozen=True, slots=True)
class Intake:
    """The result of reading a push: `events` with the places of their rows, and the rows that are not accepted."""

    events: list[tuple[int, Event]]
    rejected: list[Rejected]


@dataclass(frozen=True, slots=True)
class Rules:
    """What rows of a source are checked with. `latest`: event times after it are in the future; `advice`: what to do about those.

    `arrived`: the project's time at which the rows arrive, in microseconds; ALWAYS where it does not count, None for the wall clock's.
    """

    source: SourceDefinition
    entity: EntityDefinition
    schema: Schema | None
    latest: datetime
    arrived: int | None
    advice: str = "send the time at which it happened"


def read_rows(rules: Rules, rows: Sequence[Row]) -> Intake:
    """Accept or reject each row, whatever else the push holds.

    Raises Invalid for a push that is wrong as a whole: empty, too long, or with other columns."""
    _check_push(rules, rows)
    layout = Layout.of(rules.source)
    latest = micros(rules.latest)
    events: list[tuple[int, Event]] = []
    rejected: list[Rejected] = []
    for place, row in enumerate(rows):
        read = _read(rules, layout, latest, place, row)
        if isinstance(read, Event):
            events.append((place, read))
        else:
            rejected.append(read)
    return Intake(events, rejected)


def _check_push(rules: Rules, rows: Sequence[Row]) -> None:
    if not rows:
        raise Invalid("rows", "the push is empty: send at least one row")
    if len(rows) > LARGEST_PUSH:
        raise Invalid("rows", f"{len(rows):,} rows are too many for one push: send at most {LARGEST_PUSH:,} at a time")
    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise Invalid(f"rows[{place}]", f"{type(row).__name__} is no row: send an object with a value for each column")
    declared = _declared(rules)
    given = set().union(*rows)
    for name in declared:
        if name not in given:
            has = ", ".join(sorted(given))
            raise Invalid("rows", f"column {name!r} is in no row (they have {has}): send it, null where there is no value", column=name)
    unknown = sorted(given - set(declared))
    if unknown:
        raise Invalid("rows", f"source {rules.source.name!r} has no column {unknown[0]!r}: declare it or leave it out", column=unknown[0])


def _declared(rules: Rules) -> list[str]:
    return [rules.entity.key, rules.source.event_time, *Layout.of(rules.source).names]


def _read(rules: Rules, layout: Layout, latest: int, place: int, row: Row) -> Event | Rejected:
    at: int | None = None
    column = rules.source.event_time
    try:
        at = _moment(row, column)
        if at > latest:
            newest = f"the newest that is accepted now is {iso(rules.latest)}"
            raise Unfit("future", f"{iso(from_micros(at))} is in the future, {newest}: {rules.advice}")
        column = rules.entity.key
        entity = _key(row, rules.entity)
        values: list[Value] = []
        for name, dtype in layout.columns:
            column = name
            values.append(read_value(_given(row, name), dtype))
    except Unfit as error:
        return _rejected(place, row, column, error, at)
    if rules.schema is not None:
        problems = rules.schema.problems(dict(zip(layout.names, values, strict=True)))
        if problems:
            column, kind, why = problems[0]
            return _rejected(place, row, column, Unfit(kind, why), at)
    return layout.event(entity, at, values)


def _given(row: Row, name: str) -> object:
    if name not in row:
        raise Unfit("missing", "the row does not have the column: send null where there is no value")
    value: object = row[name]
    return value


def _moment(row: Row, name: str) -> int:
    value = read_value(_given(row, name), "datetime")
    if value is None:
        raise Unfit("missing", "a row needs its event time")
    return int(value)


def _key(row: Row, entity: EntityDefinition) -> Key:
    value = read_value(_given(row, entity.key), entity.dtype)
    if not isinstance(value, str | int) or value == "":
        raise Unfit("missing", f"a row needs the {entity.name} that it is about")
    return value


def _rejected(place: int, row: Row, column: str, error: Unfit, at: int | None) -> Rejected:
    return Rejected(place, column, error.kind, error.why, _known_moment(at), dict(row))


def _known_moment(at: int | None) -> datetime | None:
    """As a datetime, which cannot hold every 64-bit number of microseconds."""
    try:
        return None if at is None else from_micros(at)
    except OverflowError:
        return None
