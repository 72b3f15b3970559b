"""Window aggregates: the one kernel behind the online lookup and the training frame, so that both give the same bits.

A feature of an entity at a moment `t` is an aggregate over the events of its source with that entity, an event time in
`(t - offset - window, t - offset]`, known and arrived at or before `t`. Rows with one key and event time are one event: the last correction
counts from its arrival on. Missing values are skipped. Events are taken in the order of event time; sums add from the first to the last in
double precision.
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
"""How many (moment, event) pairs are in memory at a time: about 100 MB."""


NEVER = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Events:
    """Events of one source, those of one entity together, in the order of event time. `at` in microseconds.

    An event counts at moments in `[known, replaced)`. `known` None: the bounds given with the moments leave out what was not known;
    `replaced` None: no event is replaced by a correction.
    """

    at: Ints
    columns: Mapping[str, Column]
    known: Ints | None = None
    replaced: Ints | None = None

    def hides(self, event: Ints, moments: Ints) -> npt.NDArray[np.bool_]:
        """Whether each event does not count at its moment."""
        hidden = np.zeros(len(event), np.bool_)
        if self.known is not None:
            hidden |= self.known[event] > moments
        if self.replaced is not None:
            hidden |= self.replaced[event] <= moments
        return hidden


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a feature looks, in microseconds: events in `(t - offset - window, t - offset]`, without `t` itself where `is_own`.

    `is_own`: the feature is computed from the source whose rows are predicted, and must not see the row that it is computed for.
    """

    window: int
    offset: int
    is_own: bool = False

    @staticmethod
    def of(feature: FeatureDefinition, *, is_own: bool = False) -> Reach:
        return Reach(round(feature.window_seconds * 1e6), round(feature.offset_seconds * 1e6), is_own)

    def after(self, moment: Any) -> Any:  # Any: an int or an array of them
        return moment - self.offset - self.window

    def until(self, moment: Any, lag: int = 0) -> Any:  # Any: as above
        """The newest event time that counts, where events are known `lag` after their event time."""
        return moment - max(self.offset, lag, int(self.is_own))


def aggregate(events: Events, moments: Ints, first: Ints, end: Ints, features: Sequence[FeatureDefinition]) -> dict[str, Column]:
    """Features that share a reach, at some moments; `first` and `end` bound, for each moment, the events in its window.

    Cost: the sum of `end - first`; for `last` one step for each moment and for each event that it passes over because it does not count.
    """
    found = {each.name: _newest(events, each.column, moments, first, end) for each in features if each.aggregation == "last"}
    others = [feature for feature in features if feature.name not in found]
    if others:
        parts = [_expand(events, moments[part], first[part], end[part], others) for part in _parts(end - first)]
        for feature in others:
            found[feature.name] = _joined([part[feature.name] for part in parts])
    return {feature.name: found[feature.name] for feature in features}


def _newest(events: Events, name: str, moments: Ints, first: Ints, end: Ints) -> Column:
    """The last value of a column that is present and counts, within each pair of bounds."""
    column = events.columns[name]
    if not len(column.present):
        return column.take(np.full(len(first), -1, np.int64))
    newest = np.maximum.accumulate(np.where(column.present, np.arange(len(column.present)), -1))
    place = np.where(end > first, newest[np.maximum(end - 1, 0)], -1)
    place = np.where(place >= first, place, -1)
    if events.known is not None or events.replaced is not None:
        seeking = np.flatnonzero(place >= 0)
        while len(seeking):
            seeking = seeking[events.hides(place[seeking], moments[seeking])]
            before = place[seeking] - 1
            earlier = np.where(before >= first[seeking], newest[np.maximum(before, 0)], -1)
            place[seeking] = np.where(earlier >= first[seeking], earlier, -1)
            seeking = seeking[place[seeking] >= 0]
    return column.take(place)


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
    if events.known is not None or events.replaced is not None:
        counts = ~events.hides(event, moments[segment])
        segment, event = segment[counts], event[counts]
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
