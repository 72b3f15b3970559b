"""Series: the metric points of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from meguri.core.ids import RunId
from meguri.core.points import Point


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a chart shows of the points of `first_step`..`last_step`: how many, the range of those that are numbers, and the last one.

    `minimum` and `maximum` are None where every value is NaN. `at` is the time of the last point.
    """

    first_step: int
    last_step: int
    count: int
    minimum: float | None
    maximum: float | None
    last: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """Makes a resend harmless: the points of a batch are numbered `first`, `first` + 1, ... by a writer, which never sends a lower
    number for other points. What it has sent before is dropped, whatever the batches are cut into."""

    writer: str
    first: int


class SeriesStore(Protocol):
    """Points of (run, key), ordered by step and then by arrival; never by their time, since clocks go backwards.

    The law: `append` is atomic and durable when it returns, and readers see it at once. With a token, points whose numbers the run
    has had from that writer are dropped. NaN and both infinities are kept. Several points of a step are all kept. Any thread may
    call anything. A run that is not known has no points; nothing raises NotFound. `append` raises Unavailable when the points cannot
    be kept, and has then kept none.
    """

    def append(self, run: RunId, points: Sequence[Point], token: Token | None = None) -> int:
        """How many of them were new."""

    def history(self, run: RunId, key: str, *, after: int = 0, limit: int | None = None) -> list[Point]:
        """In order, leaving out the first `after`."""

    def downsample(self, run: RunId, key: str, buckets: int) -> list[Bucket]:
        """At most `buckets` buckets of equal width in steps, in order; a stretch without points has none. With no more points than
        buckets, one bucket a point."""

    def last(self, run: RunId) -> dict[str, Point]:
        """The last point of each key, keys in alphabetical order."""

    def last_of(self, runs: Sequence[RunId]) -> dict[RunId, dict[str, Point]]:
        """`last` of many runs in one go; a run without points is there with nothing in it."""

    def received(self, run: RunId, writer: str) -> int:
        """The number after the highest that the run has had from a writer; 0 if it has had none."""

    def delete(self, run: RunId) -> None:
        """All points of a run, and what is known of its writers."""

    def close(self) -> None: ...
