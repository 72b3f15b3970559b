"""Window aggregates: the one kernel behind the online lookup and the training frame, so that both give the same bits.

A feature of an entity at a moment `t` is an aggregate over the events of its source with that entity, an event time in
`(t - offset - window, t - offset]` and known at or before `t`. Missing values are skipped. Events are taken in one order everywhere: event
time, then the moment they were known, then identity; sums add from the first to the last in double precision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from meguri.core.definitions.features import Aggregation, FeatureDefinition
from meguri.features.rows import Column

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]

PAIRS = 2_000_000
"""How many (moment, event) pairs are held at a time: some 100 MB."""


@dataclass(frozen=True, slots=True)
class Events:
    """Events of one source, those of one entity together, in the order above. `at` in microseconds.

    `known` is the moment at which each was known; None says that each was known `lag` microseconds after its event time.
    """

    at: Ints
    columns: Mapping[str, Column]
    lag: int = 0
    known: Ints | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a feature looks, in microseconds: events in `(t - offset - window, t - offset]`."""

    window: int
    offset: int

    @staticmethod
    def of(feature: FeatureDefinition) -> Reach:
        return Reach(round(feature.window_seconds * 1e6), round(feature.offset_seconds * 1e6))

    def after(self, moment: Any) -> Any:  # Any: an int or an array of them
        return moment - self.offset - self.window

    def until(self, moment: Any, lag: int | None) -> Any:  # Any: as above
        """The newest event time that counts; with a `lag`, also the newest that was known."""
        return moment - (self.offset if lag is None else max(self.offset, lag))


def aggregate(events: Events, moments: Ints, first: Ints, end: Ints, features: Sequence[FeatureDefinition]) -> dict[str, Column]:
    """Features that share a reach, at some moments; `first` and `end` bound, for each moment, the events in its window.

    Where `events.known` is None the bounds leave out what was not known. Cost: the sum of `end - first`, but O(1) a moment for `last`
    without `known`.
    """
    quick = [feature for feature in features if feature.aggregation == "last" and events.known is None]
    found = {feature.name: _newest(events.columns[feature.column], first, end) for feature in quick}
    slow = [feature for feature in features if feature.name not in found]
    if slow:
        parts = [_expand(events, moments[part], first[part], end[part], slow) for part in _parts(end - first)]
        for feature in slow:
            found[feature.name] = _joined([part[feature.name] for part in parts])
    return {feature.name: found[feature.name] for feature in features}


def _newest(column: Column, first: Ints, end: Ints) -> Column:
    """The last value that is there within each pair of bounds."""
    newest = np.maximum.accumulate(np.where(column.present, np.arange(len(column.present)), -1))
    if not len(newest):
        return column.take(np.full(len(first), -1, np.int64))
    index = newest[np.maximum(end - 1, 0)]
    return column.take(np.where((end > first) & (index >= first), index, -1))


def _parts(sizes: Ints) -> Iterator[slice]:
    """Cut moments into runs of at most PAIRS pairs (or one moment)."""
    total = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = int(total[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(total, before + PAIRS, side="right")))
        yield slice(start, stop)
        start = stop
    if not len(sizes):
        yield slice(0, 0)


def _expand(events: Events, moments: Ints, first: Ints, end: Ints, features: Sequence[FeatureDefinition]) -> dict[str, Column]:
    sizes = np.maximum(end - first, 0)
    count = len(moments)
    segment = np.repeat(np.arange(count), sizes)
    event = np.arange(len(segment)) + np.repeat(first - (np.cumsum(sizes) - sizes), sizes)
    if events.known is not None:
        known = events.known[event] <= moments[segment]
        segment, event = segment[known], event[known]
    found: dict[str, Column] = {}
    for feature in features:
        column = events.columns[feature.column]
        there = column.present[event]
        found[feature.name] = _fold(feature.aggregation, column, event[there], segment[there], count)
    return found


def _fold(aggregation: Aggregation, column: Column, event: Ints, segment: Ints, count: int) -> Column:
    """Aggregate the values of some events by segment; segments ascend, events are in their order within each."""
    sizes = np.bincount(segment, minlength=count)
    some = sizes > 0
    if aggregation == "count":
        return Column(sizes, np.ones(count, np.bool_))
    if aggregation == "last":
        index = np.full(count, -1, np.int64)
        index[some] = event[np.cumsum(sizes)[some] - 1]
        return column.take(index)
    values = column.values[event].astype(np.float64)
    if aggregation in ("sum", "mean"):
        total = np.bincount(segment, weights=values, minlength=count)  # adds one after the other, whatever the position
        return Column(total / np.maximum(sizes, 1) if aggregation == "mean" else total, some)
    result = np.zeros(count)
    starts = (np.cumsum(sizes) - sizes)[some]
    if len(starts):
        result[some] = (np.minimum if aggregation == "min" else np.maximum).reduceat(values, starts)
    return Column(result, some)


def _joined(parts: Sequence[Column]) -> Column:
    if len(parts) == 1:
        return parts[0]
    return Column(np.concatenate([part.values for part in parts]), np.concatenate([part.present for part in parts]))
