"""Are the inputs (or the predictions) of a model distributed differently than in its training rows? A rule over windows of event days.

A column has drifted where its counts differ significantly (chi-square homogeneity, Benjamini-Hochberg over the columns with q = .005) and
its bias-corrected PSI is at least the column's own threshold. Days are not independent samples of one distribution (season, weekday,
weather), so that threshold is not a constant: it is computed from windows of the same length within the reference, each compared with the
rest of it (`column_threshold`). False alarms and power: bench/monitoring_calibration.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguri.profiles.cells import Cells
from meguri.profiles.distances import Distances, benjamini_hochberg, compare, psi_corrected
from meguri.profiles.reference import Reference

FALSE_DISCOVERY_RATE = 0.005
SMALLEST_THRESHOLD = 0.05
THRESHOLD_WITHOUT_BLOCKS = 0.25
"""For a reference of fewer than four windows, whose own variation is not known: the usual threshold of a large shift."""
FEWEST_BLOCKS = 4.0
MARGIN = 1.25
DEVIATIONS, DEVIATIONS_FOR_FEW = 5.0, 15.0
FEWEST_ROWS = 200


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """One column of one window: its distances, its own threshold, and whether it has drifted."""

    column: str
    threshold: float
    moved: bool
    distances: Distances

    @property
    def score(self) -> float:
        """Corrected PSI as a share of the threshold."""
        return self.distances.psi_corrected / self.threshold


@dataclass(frozen=True, slots=True)
class DriftVerdict:
    """The result for one window. `columns`: all of them, the one furthest above its threshold first. `why_not`: why there is no verdict."""

    moved: bool
    rows: int
    days: int
    first_day: int
    columns: tuple[ColumnDrift, ...]
    why_not: str = ""

    @property
    def score(self) -> float:
        """The highest score of a column: 1 is its threshold."""
        return max((each.score for each in self.columns), default=0.0)


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Rows of one event day, counted over the cells of a reference (flat vector)."""

    day: int
    rows: int
    counts: NDArray[np.int64]


def evaluate_drift(
    reference: Reference,
    thresholds: Callable[[int], Mapping[str, float]],
    days: Sequence[DayCounts],
    *,
    until_day: int,
    window_days: int,
    minimum_rows: int,
) -> DriftVerdict:
    """The `window_days` before `until_day`, or twice to four times as many where there are not `minimum_rows` and 200 rows in them.

    Whole windows only, so that every weekday weighs the same. `days`: ascending, of the version that the reference belongs to;
    `thresholds`: `thresholds_of` the reference, by length of the window.
    """
    needed = max(minimum_rows, FEWEST_ROWS)
    window, length = _window(days, until_day, window_days, needed)
    rows = sum(each.rows for each in window)
    first = until_day - length
    if not days or days[0].day > first:
        return DriftVerdict(False, rows, length, first, (), f"the version has not served for {length} days yet")
    if rows < needed:
        return DriftVerdict(False, rows, length, first, (), f"{rows} rows, {needed} are needed")
    counts = np.sum([each.counts for each in window], axis=0)
    found = [(cells, compare(cells, reference.flat[place], counts[place])) for cells, place in _columns(reference)]
    significant = benjamini_hochberg([distances.p_value for _, distances in found], FALSE_DISCOVERY_RATE)
    needed_psi = thresholds(length)
    columns = [
        ColumnDrift(cells.name, threshold, bool(sure and distances.psi_corrected >= threshold), distances)
        for (cells, distances), sure in zip(found, significant, strict=True)
        for threshold in (needed_psi[cells.name],)
    ]
    columns.sort(key=lambda each: (-each.score, each.column))
    return DriftVerdict(any(each.moved for each in columns), rows, length, first, tuple(columns))


def thresholds_of(reference: Reference, window_days: int) -> dict[str, float]:
    """Threshold of corrected PSI for each column and windows of that length."""
    if reference.blocks is None:
        return dict.fromkeys(reference.names, THRESHOLD_WITHOUT_BLOCKS)
    table, days = reference.blocks.table(), np.array(reference.blocks.days)
    return {cells.name: column_threshold(table[:, place], days, window_days) for cells, place in _columns(reference)}


def column_threshold(table: NDArray[np.int64], days: NDArray[np.int64], window_days: int) -> float:
    """How far a window of the reference itself is from the rest of it: every window of `window_days`, one starting each day.

    With s = sqrt(corrected PSI), about proportional to the shift of a mean, and B = days / window_days:
    threshold = max(.05, 1.25 max s^2, (mean s + (5 + 15 / B) sd s)^2). `table`: counts by day (rows) and cell, `days`: their numbers.
    """
    blocks = len(days) / window_days
    totals = table.sum(axis=0)
    scores = [score for window in _windows(table, days, window_days) if (score := _against_the_rest(window, totals)) is not None]
    if blocks < FEWEST_BLOCKS or not scores:
        return THRESHOLD_WITHOUT_BLOCKS
    psi = np.maximum(scores, 0.0)
    roots = np.sqrt(psi)
    tail = float(roots.mean() + (DEVIATIONS + DEVIATIONS_FOR_FEW / blocks) * roots.std()) ** 2
    return max(SMALLEST_THRESHOLD, MARGIN * float(psi.max()), tail)


def _windows(table: NDArray[np.int64], days: NDArray[np.int64], window_days: int) -> list[NDArray[np.int64]]:
    """Counts of every window of `window_days` calendar days that lies within the reference."""
    summed = np.vstack([np.zeros((1, table.shape[1]), dtype=np.int64), np.cumsum(table, axis=0)])
    if not len(days):
        return []
    starts = np.flatnonzero(days <= days[-1] + 1 - window_days)
    ends = np.searchsorted(days, days[starts] + window_days)
    return [summed[end] - summed[start] for start, end in zip(starts, ends, strict=True)]


def _against_the_rest(window: NDArray[np.int64], totals: NDArray[np.int64]) -> float | None:
    rest = totals - window
    return psi_corrected(rest, window) if window.any() and rest.any() else None


def _columns(reference: Reference) -> list[tuple[Cells, slice]]:
    return [(cells, reference.places[cells.name]) for cells in reference.columns]


def _window(days: Sequence[DayCounts], until_day: int, window_days: int, needed: int) -> tuple[list[DayCounts], int]:
    length = window_days
    while True:
        window = [each for each in days if until_day - length <= each.day < until_day]
        if sum(each.rows for each in window) >= needed or length == 4 * window_days:
            return window, length
        length += window_days
