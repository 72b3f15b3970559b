"""Rows of the series stores: both keep the same columns, and a NaN as NULL, so that minimum and maximum pass over it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from meguri.core.points import Point
from meguri.core.times import from_micros, micros
from meguri.ports.series import Bucket, Token

_NOT_A_NUMBER = float("nan")

PointRow = tuple[int, int, int, float | None, int]
"""Series, step, number of the point as it arrived in the series, value, and microseconds since 1970."""


@dataclass(slots=True)
class SeriesRow:
    """A row of `series` while a batch is added: how many points it has, and the last of them in order of steps."""

    id: int
    points: int = 0
    step: int = -(2**63)
    value: float | None = None
    at: int = 0

    def add(self, point: Point) -> PointRow:
        at, value = micros(point.at), point.value if point.value == point.value else None
        row = self.id, point.step, self.points, value, at
        self.points += 1
        if point.step >= self.step:
            self.step, self.value, self.at = point.step, value, at
        return row

    def last(self) -> tuple[int, int, float | None, int, int]:
        """The columns of an update, and the id."""
        return self.points, self.step, self.value, self.at, self.id


def without_received(points: Sequence[Point], token: Token | None, received: int) -> Sequence[Point]:
    """The points of a batch that the store does not have, given the number after the highest that the writer has sent."""
    return points if token is None else points[max(0, received - token.first) :]


def points_of(key: str, rows: Iterable[tuple[int, float | None, int]]) -> list[Point]:
    """Points from step, value and time."""
    return [Point(key, step, number(value), from_micros(at)) for step, value, at in rows]


def bucket_of(first: int, final: int, count: int, minimum: float | None, maximum: float | None, value: float | None, at: int) -> Bucket:
    return Bucket(first, final, count, minimum, maximum, number(value), from_micros(at))


def number(value: float | None) -> float:
    return _NOT_A_NUMBER if value is None else value
