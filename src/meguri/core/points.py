"""Metric points, and the compact array in which they are sent.

JSON has no NaN and no infinities, so these three values travel as the strings "NaN", "Infinity" and "-Infinity".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from meguri.core.errors import Invalid
from meguri.core.times import from_micros, micros

KEY_LIMIT = 250
STEP_LIMIT = 2**53
"""Steps lie within +-2**53, so that a browser reads them exactly."""

WireValue = float | str
WirePoint = tuple[str, int, WireValue, int]
"""`[key, step, value, at]`: `at` in microseconds since 1970 (UTC)."""

_NAMED = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_AT_LIMIT = 253_402_300_800_000_000  # the year 10000, which a datetime does not reach


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a metric at a step; `at` is the sender's clock, which may go backwards: nothing is ordered by it."""

    key: str
    step: int
    value: float
    at: datetime


def ensure_metric_key(key: object) -> str:
    """The key, if it can name a metric: 1 to 250 printable characters. Raises Invalid."""
    if not isinstance(key, str) or not key or len(key) > KEY_LIMIT:
        raise Invalid("metric", f"{str(key)[:40]!r} cannot name a metric: a key is a text of 1 to {KEY_LIMIT} characters")
    if not key.isprintable():
        raise Invalid("metric", f"{key!r} holds characters that cannot be shown: use letters, digits, spaces and punctuation")
    return key


def wire_value(value: float) -> WireValue:
    """A number as JSON can carry it."""
    if math.isfinite(value):
        return value
    return "NaN" if value != value else ("Infinity" if value > 0 else "-Infinity")


def value_from_wire(value: WireValue) -> float:
    """Raises Invalid for a text other than NaN, Infinity and -Infinity."""
    if isinstance(value, str):
        try:
            return _NAMED[value]
        except KeyError:
            raise Invalid("value", f'{value[:40]!r} is not a number: send a number, "NaN", "Infinity" or "-Infinity"') from None
    return float(value)


def to_wire(points: Iterable[Point]) -> list[WirePoint]:
    return [(point.key, point.step, wire_value(point.value), micros(point.at)) for point in points]


def from_wire(points: Sequence[WirePoint]) -> list[Point]:
    """Points of an array, checked. Raises Invalid naming the first that cannot be taken."""
    for key in {point[0] for point in points}:
        ensure_metric_key(key)
    for key, step, _, at in points:
        if not -STEP_LIMIT <= step <= STEP_LIMIT:
            raise Invalid("step", f"step {step} of {key!r} is out of bounds: steps lie within +-2**53")
        if not 0 <= at < _AT_LIMIT:
            raise Invalid("at", f"time {at} of {key!r} is out of bounds: send microseconds since 1970")
    return [Point(key, step, value_from_wire(value), from_micros(at)) for key, step, value, at in points]
