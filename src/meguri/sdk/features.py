"""Declarations of projects, entities, sources, feature views and feature services."""

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
    """Declare the project of a folder. Each project folder declares exactly one.

    Args:
        name: Up to 63 lower-case letters, digits, `-` and `_`.
        clock: What advances the project's watermark, on which monitors, schedules and cool-downs run. `"wall"`: the server, with the
            time of day. `"event"`: a client (`meguri watermark advance`), for replays and for data that arrives in batches.
        description: Text for people.

    Raises:
        Invalid: The name or the clock is not allowed.

    Example:
        project = mg.Project("bikes", clock="event", description="Hourly bike rentals")
    """

    def __init__(self, name: str, *, clock: Literal["event", "wall"] = "wall", description: str = "") -> None:
        if clock not in ("event", "wall"):
            raise Invalid("clock", f'{clock!r} is no clock: "event" or "wall"')
        self.name = ensure_slug("project", name)
        declare("project", ProjectDefinition(name, clock=clock, description=description))


class Entity:
    """Declare an entity: what rows and features are about, such as a city, a customer or a machine.

    Args:
        name: Up to 63 lower-case letters, digits, `-` and `_`.
        key: The column that identifies one entity; by default the name.
        dtype: The type of that column, `str` or `int`.

    Raises:
        Invalid: The name or the type is not allowed.

    Example:
        city = mg.Entity("city")
        customer = mg.Entity("customer", key="customer_id", dtype=int)
    """

    def __init__(self, name: str, *, key: str | None = None, dtype: type = str) -> None:
        self.definition = EntityDefinition(ensure_slug("entity", name), key or name, _dtype(f"entity {name}", dtype))
        if self.definition.dtype not in ("str", "int"):
            raise Invalid(f"entity {name}", f"a key of type {self.definition.dtype} is not supported: use str or int")
        self.name = name
        declare("entities", self.definition)


class Source:
    """Declare a source: a stream of rows, each of which says something about one entity at one event time.

    A row counts for a value at a moment only if it was known then: at the time in its `known_at` column, or else `known_after` its event
    time. That keeps the future out of training.

    Args:
        name: Up to 63 lower-case letters, digits, `-` and `_`.
        entity: What the rows are about.
        event_time: The column with the time at which the event happened.
        columns: The other columns with their types: `int`, `float`, `bool`, `str` or `datetime`. The entity's key and the time columns
            are not repeated here.
        known_at: The column with the time at which the row became known.
        known_after: How long after its event time a row is known, where there is no `known_at`.
        description: Text for people.

    Raises:
        Invalid: The name, a type or the duration is not allowed.

    Example:
        city = mg.Entity("city")
        rentals = mg.Source(
            "rentals", entity=city, event_time="at", known_after="24h", columns={"hr": int, "temp": float, "cnt": float}
        )
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
    """How a feature is computed from a column; made by `last`, `mean`, `sum`, `count`, `min` and `max`."""

    aggregation: Aggregation
    column: str
    window_seconds: float
    offset_seconds: float


def last(column: str, *, window: Duration = EVER, offset: Duration = 0.0) -> Aggregate:
    """Return the aggregate "newest value of a column that is not missing".

    At a moment `t` it is computed from the rows of the same entity with an event time in `(t - offset - window, t - offset]` that were
    known at `t`; null where there is none.

    Args:
        column: A column of the source.
        window: Length of the window: `"1h"`, `"7d"`, a number of seconds or a `timedelta`; by default a hundred years.
        offset: How far before `t` the window ends.

    Returns:
        An aggregate for `FeatureView`.

    Raises:
        Invalid: `window` or `offset` is not a duration.

    Example:
        same_hour_yesterday = mg.last("cnt", window="1h", offset="24h")
    """
    return _aggregate("last", column, window, offset)


def mean(column: str, *, window: Duration, offset: Duration = 0.0) -> Aggregate:
    """Return the aggregate "mean of a column over a window"; null where the window has no value.

    Args:
        column: A column of numbers of the source.
        window: Length of the window, as for `last`.
        offset: How far before the moment the window ends.

    Returns:
        An aggregate for `FeatureView`.

    Raises:
        Invalid: `window` or `offset` is not a duration.

    Example:
        mean_of_week = mg.mean("cnt", window="7d")
    """
    return _aggregate("mean", column, window, offset)


def sum(column: str, *, window: Duration, offset: Duration = 0.0) -> Aggregate:
    """Return the aggregate "sum of a column over a window"; null where the window has no value (missing is not zero).

    Args:
        column: A column of numbers of the source.
        window: Length of the window, as for `last`.
        offset: How far before the moment the window ends.

    Returns:
        An aggregate for `FeatureView`.

    Raises:
        Invalid: `window` or `offset` is not a duration.

    Example:
        rain_of_day = mg.sum("rain", window="24h")
    """
    return _aggregate("sum", column, window, offset)


def count(column: str, *, window: Duration, offset: Duration = 0.0) -> Aggregate:
    """Return the aggregate "number of values of a column in a window" (missing values do not count); 0 where the window has none.

    Args:
        column: A column of the source, of any type.
        window: Length of the window, as for `last`.
        offset: How far before the moment the window ends.

    Returns:
        An aggregate for `FeatureView`.

    Raises:
        Invalid: `window` or `offset` is not a duration.

    Example:
        orders_of_month = mg.count("order_id", window="30d")
    """
    return _aggregate("count", column, window, offset)


def min(column: str, *, window: Duration, offset: Duration = 0.0) -> Aggregate:
    """Return the aggregate "least value of a column in a window"; null where the window has no value.

    Args:
        column: A column of numbers of the source.
        window: Length of the window, as for `last`.
        offset: How far before the moment the window ends.

    Returns:
        An aggregate for `FeatureView`.

    Raises:
        Invalid: `window` or `offset` is not a duration.

    Example:
        coldest = mg.min("temperature", window="24h")
    """
    return _aggregate("min", column, window, offset)


def max(column: str, *, window: Duration, offset: Duration = 0.0) -> Aggregate:
    """Return the aggregate "greatest value of a column in a window"; null where the window has no value.

    Args:
        column: A column of numbers of the source.
        window: Length of the window, as for `last`.
        offset: How far before the moment the window ends.

    Returns:
        An aggregate for `FeatureView`.

    Raises:
        Invalid: `window` or `offset` is not a duration.

    Example:
        peak = mg.max("load", window="24h")
    """
    return _aggregate("max", column, window, offset)


class FeatureView:
    """Declare a feature view: features that are computed from one source.

    Args:
        name: Up to 63 lower-case letters, digits, `-` and `_`.
        source: The source of the rows.
        features: An aggregate for each feature, by name; the bare name of a column stands for its newest value.
        description: Text for people.

    Raises:
        Invalid: The name is not allowed. Columns and windows are checked when the project is applied.

    Example:
        city = mg.Entity("city")
        rentals = mg.Source("rentals", entity=city, event_time="at", known_after="24h", columns={"temp": float, "cnt": float})
        history = mg.FeatureView("history", source=rentals, features={"cnt_week": mg.mean("cnt", window="7d"), "temp_now": "temp"})
    """

    def __init__(self, name: str, *, source: Source, features: Mapping[str, Aggregate | str], description: str = "") -> None:
        self.name = ensure_slug("feature view", name)
        made = tuple(
            FeatureDefinition(feature, each.aggregation, each.column, each.window_seconds, each.offset_seconds)
            for feature, each in ((key, last(value) if isinstance(value, str) else value) for key, value in features.items())
        )
        self.definition = FeatureViewDefinition(name, source.name, made, description)
        declare("feature_views", self.definition)


class FeatureService:
    """Declare a feature service: the inputs of a model and the column that it predicts.

    The inputs are the columns sent with a request, then the features of the views, in that order. The same definition gives the training
    dataset (`training_frame`) and the values that an endpoint looks up at serving time.

    Args:
        name: Up to 63 lower-case letters, digits, `-` and `_`.
        source: The source whose rows become the rows of the training dataset.
        label: The column to predict, a number. It is not an input.
        request: Columns of the source that a request carries.
        views: Feature views whose features are looked up. A view of another entity needs that entity's key among `request`.
        description: Text for people.

    Raises:
        Invalid: The name is not allowed. That every column exists, and that no feature contains the label of its own row, is checked
            when the project is applied.

    Example:
        city = mg.Entity("city")
        rentals = mg.Source("rentals", entity=city, event_time="at", known_after="24h", columns={"hr": int, "cnt": float})
        history = mg.FeatureView("history", source=rentals, features={"cnt_week": mg.mean("cnt", window="7d")})
        hourly = mg.FeatureService("hourly", source=rentals, request=["hr"], views=[history], label="cnt")
    """

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
