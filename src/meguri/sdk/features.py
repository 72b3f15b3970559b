"""Projects, entities, sources, feature views and feature services, as a user declares them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from meguri.core.definitions.features import (
    Aggregation,
    DType,
    EntityDefinition,
    FeatureDefinition,
    FeatureServiceDefinition,
    FeatureViewDefinition,
    SourceDefinition,
)
from meguri.core.definitions.names import ensure_slug
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Invalid
from meguri.core.times import seconds
from meguri.sdk.collect import declare

Duration = str | float | timedelta
"""`"24h"`, `"7d"`, a number of seconds or a timedelta."""

EVER = 36_500 * 86_400.0
"""The window of a plain column: a hundred years."""

_DTYPES: dict[type, DType] = {int: "int", float: "float", bool: "bool", str: "str", datetime: "datetime"}


class Project:
    """The project that a folder declares (one each). `clock="event"`: a client advances the watermark; "wall": by itself."""

    def __init__(self, name: str, *, clock: Literal["event", "wall"] = "wall", description: str = "") -> None:
        if clock not in ("event", "wall"):
            raise Invalid("clock", f'{clock!r} is no clock: "event" or "wall"')
        self.name = ensure_slug("project", name)
        declare("project", ProjectDefinition(name, clock=clock, description=description))


class Entity:
    """What features are about. `key` (default: the name) is the column that names one; `dtype` its type, `str` or `int`."""

    def __init__(self, name: str, *, key: str | None = None, dtype: type = str) -> None:
        self.definition = EntityDefinition(ensure_slug("entity", name), key or name, _dtype(f"entity {name}", dtype))
        if self.definition.dtype not in ("str", "int"):
            raise Invalid(f"entity {name}", f"a key of type {self.definition.dtype} is not supported: use str or int")
        self.name = name
        declare("entities", self.definition)


class Source:
    """A stream of events about an entity.

    `event_time` names the column that says when each happened. `columns` are the others, with their types (`int`, `float`, `bool`, `str`,
    `datetime`). A row is used for a prediction at a moment only if it was known then: at its `known_at` column, or else `known_after` its
    event time.
    """

    def __init__(
        self,
        name: str,
        *,
        entity: Entity,
        event_time: str,
        columns: Mapping[str, type],
        known_at: str | None = None,
        known_after: Duration = 0.0,
        description: str = "",
    ) -> None:
        self.name = ensure_slug("source", name)
        self.definition = SourceDefinition(
            name,
            entity.name,
            event_time,
            {column: _dtype(f"source {name}, column {column}", dtype) for column, dtype in columns.items()},
            known_at,
            seconds(known_after, f"source {name}: known_after"),
            description,
        )
        declare("sources", self.definition)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """How one feature comes from a column; made by `last`, `mean`, `sum`, `count`, `min` and `max`."""

    aggregation: Aggregation
    column: str
    window_seconds: float
    offset_seconds: float


def last(column: str, *, window: Duration = EVER, offset: Duration = 0.0) -> Aggregate:
    """The newest value of a column that is not missing, at a moment `t` out of the events in `(t - offset - window, t - offset]`."""
    return _aggregate("last", column, window, offset)


def mean(column: str, *, window: Duration, offset: Duration = 0.0) -> Aggregate:
    """The mean of a column; null where the window has no value."""
    return _aggregate("mean", column, window, offset)


def sum(column: str, *, window: Duration, offset: Duration = 0.0) -> Aggregate:
    """The sum of a column; null where the window has no value (missing is not zero)."""
    return _aggregate("sum", column, window, offset)


def count(column: str, *, window: Duration, offset: Duration = 0.0) -> Aggregate:
    """How many values a column has; zero where the window has none."""
    return _aggregate("count", column, window, offset)


def min(column: str, *, window: Duration, offset: Duration = 0.0) -> Aggregate:
    """The least value of a column; null where the window has no value."""
    return _aggregate("min", column, window, offset)


def max(column: str, *, window: Duration, offset: Duration = 0.0) -> Aggregate:
    """The greatest value of a column; null where the window has no value."""
    return _aggregate("max", column, window, offset)


class FeatureView:
    """Features computed from one source. A feature is an aggregate, or just the name of a column for its newest value."""

    def __init__(self, name: str, *, source: Source, features: Mapping[str, Aggregate | str], description: str = "") -> None:
        self.name = ensure_slug("feature view", name)
        made = tuple(
            FeatureDefinition(feature, each.aggregation, each.column, each.window_seconds, each.offset_seconds)
            for feature, each in ((key, last(value) if isinstance(value, str) else value) for key, value in features.items())
        )
        self.definition = FeatureViewDefinition(name, source.name, made, description)
        declare("feature_views", self.definition)


class FeatureService:
    """The inputs of a model: columns sent with a request, then the features of some views; `label` is the column to predict."""

    def __init__(
        self,
        name: str,
        *,
        source: Source,
        label: str,
        request: Sequence[str] = (),
        views: Sequence[FeatureView] = (),
        description: str = "",
    ) -> None:
        self.name = ensure_slug("feature service", name)
        self.definition = FeatureServiceDefinition(
            name, source.name, tuple(request), tuple(view.name for view in views), label, description
        )
        declare("feature_services", self.definition)


def _aggregate(aggregation: Aggregation, column: str, window: Duration, offset: Duration) -> Aggregate:
    where = f"{aggregation}({column!r})"
    return Aggregate(aggregation, column, seconds(window, f"{where}: window"), seconds(offset, f"{where}: offset"))


def _dtype(where: str, dtype: type) -> DType:
    if dtype not in _DTYPES:
        raise Invalid(where, f"{getattr(dtype, '__name__', dtype)!r} is no type for a column: use int, float, bool, str or datetime")
    return _DTYPES[dtype]
