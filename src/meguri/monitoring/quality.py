"""Has the realised error of a model risen? A rule over event days, with its false alarms counted (bench/monitoring_calibration.py).

Let x be the logarithm of the metric of an event day. The last m days, for several m, are compared with the reference days: those of
the holdout on which the version was evaluated, and its own first 28 days in service that lie before the m days. It is a breach where, for
some m,

- the mean and the median of x over the m days are above the mean of the reference by at least log(1 + tolerance), and
- Student's t of the difference of the means, with the variance of a mean of an AR(1) series, is as unlikely as a normal value of 3.6.

Short windows detect a jump within days, long ones a slow loss within weeks, because the reference stays fixed. Variance and
autocorrelation of a few days are uncertain, so they are mixed with typical values of error series: a standard deviation of 0.25 with the
weight of 6 days, an autocorrelation of 0.3 with that of 12. A t value becomes a normal one by Wallace 1959.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from meguri.core.definitions.monitoring import Metric

CRITICAL = 3.6
OWN_DAYS = 28
FEWEST_REFERENCE_DAYS = 5
PARTS_OF_WINDOW = (3 / 7, 4 / 7, 5 / 7, 1.0, 10 / 7, 2.0, 3.0, 4.0)
PRIOR_DEVIATION, PRIOR_DAYS = 0.25, 6
PRIOR_CORRELATION, PRIOR_PAIRS = 0.3, 12


@dataclass(frozen=True, slots=True)
class DayErrors:
    """Sums over the labelled rows of one event day (`day`: days since 1970, UTC): rows, |error|, error^2 and |label|."""

    day: int
    n: int
    absolute: float
    squared: float
    label: float


@dataclass(frozen=True, slots=True)
class QualityVerdict:
    """The result of one day's check. `days`: length m of the window that decided, or the monitor's own where none did.

    `value` and `expected`: the metric of the window and of the reference days; `score`: the normal value that a breach needs to be above
    `CRITICAL`. `why_not`: why there is no verdict, else empty.
    """

    breached: bool
    value: float | None
    expected: float | None
    threshold: float | None
    score: float
    days: int
    rows: int
    reference_days: int
    first_day: int | None
    why_not: str = ""


def metric_of(days: Sequence[DayErrors], metric: Metric) -> float | None:
    """mae = sum |e| / n, wape = sum |e| / sum |y|, rmse = sqrt(sum e^2 / n) over all rows of some days; None where that divides by 0."""
    rows = sum(each.n for each in days)
    below = math.fsum(each.label for each in days) if metric == "wape" else rows
    if not below:
        return None
    if metric == "rmse":
        return math.sqrt(math.fsum(each.squared for each in days) / below)
    return math.fsum(each.absolute for each in days) / below


def evaluate_quality(
    baseline: Sequence[DayErrors],
    own: Sequence[DayErrors],
    *,
    metric: Metric,
    window_days: int,
    tolerance: float,
    minimum_rows: int,
    own_is_reference: bool = True,
) -> QualityVerdict:
    """`baseline`: the version's days on its holdout; `own`: its mature days in service, both ascending. The last of `own` is evaluated.

    `own_is_reference` False: only `baseline` is the reference, because an alert is open and the version may have served bad days only.
    """
    first, days = _usable(baseline, metric), _usable(own, metric)
    shown = days[-window_days:]
    value, rows = metric_of(shown, metric), sum(each.n for each in shown)
    start = shown[0].day if shown else None
    if rows < minimum_rows:
        return QualityVerdict(False, value, None, None, 0.0, len(shown), rows, 0, start, f"{rows} labelled rows, {minimum_rows} are needed")
    found = [
        each
        for length in _lengths(window_days, len(days))
        if (each := _compare([*first, *days[: _own_days(days, length)]] if own_is_reference else first, days, length, metric, tolerance))
        is not None
    ]  # fmt: skip
    if not found:
        return QualityVerdict(False, value, None, None, 0.0, len(shown), rows, len(first), start, "too few days to compare with")
    worst = max(found, key=lambda each: (each.breached, each.score))
    if worst.breached:
        return worst
    usual = min(found, key=lambda each: abs(each.days - window_days))
    return QualityVerdict(
        False, value, usual.expected, usual.threshold, worst.score, len(shown), rows, usual.reference_days, start
    )  # fmt: skip


def _compare(
    reference: Sequence[DayErrors], own: Sequence[DayErrors], length: int, metric: Metric, tolerance: float
) -> QualityVerdict | None:
    if len(reference) < FEWEST_REFERENCE_DAYS:
        return None
    window = own[-length:]
    before, now = _logs(reference, metric), _logs(window, metric)
    needed = math.log1p(tolerance)
    level = float(before.mean())
    score = _normal_score(before, now)
    breached = score >= CRITICAL and float(now.mean()) - level >= needed and median(now.tolist()) - level >= needed
    expected = metric_of(reference, metric) or 0.0
    rows = sum(each.n for each in window)
    return QualityVerdict(
        breached, metric_of(window, metric), expected, expected * (1 + tolerance), score, length, rows, len(reference), window[0].day
    )  # fmt: skip


def _own_days(own: Sequence[DayErrors], length: int) -> int:
    """How many of a version's own first days belong to the reference: none of those that are evaluated."""
    return min(OWN_DAYS, len(own) - length)


def _normal_score(before: NDArray[np.float64], now: NDArray[np.float64]) -> float:
    """How far the mean of `now` lies above that of `before`, as a standard normal value."""
    spread = before - before.mean()
    squares = float(spread @ spread)
    freedom = PRIOR_DAYS + len(before) - 1
    variance = (PRIOR_DAYS * PRIOR_DEVIATION**2 + squares) / freedom
    prior = PRIOR_PAIRS * variance
    correlation = (prior * PRIOR_CORRELATION + float(spread[1:] @ spread[:-1])) / (prior + squares)
    correlation = min(max(correlation, 0.0), 0.9)
    error = math.sqrt(variance * (_mean_variance(correlation, len(now)) + _mean_variance(correlation, len(before))))
    t = (float(now.mean()) - float(before.mean())) / error
    return math.copysign((8 * freedom + 1) / (8 * freedom + 3) * math.sqrt(freedom * math.log1p(t * t / freedom)), t)


def _mean_variance(correlation: float, count: int) -> float:
    """Variance of the mean of `count` values of an AR(1) series of variance 1."""
    rest = 1 - correlation
    return ((1 + correlation) / rest - 2 * correlation * (1 - correlation**count) / (count * rest**2)) / count


def _lengths(window_days: int, available: int) -> list[int]:
    return sorted({length for part in PARTS_OF_WINDOW if (length := max(3, round(window_days * part))) <= available})


def _usable(days: Sequence[DayErrors], metric: Metric) -> list[DayErrors]:
    """Days that have a metric and at least a quarter of the usual rows: the error of a few rows is a poor estimate for a day."""
    known = [each for each in days if each.n and metric_of([each], metric) is not None]
    usual = median([each.n for each in known]) if known else 0
    return [each for each in known if each.n >= usual / 4]


def _logs(days: Sequence[DayErrors], metric: Metric) -> NDArray[np.float64]:
    """Logarithms of the daily metric; a day without any error counts as a thousandth of the mean."""
    values = np.array([metric_of([each], metric) for each in days], dtype=np.float64)
    return np.log(np.maximum(values, max(float(values.mean()) * 1e-3, 1e-12)))
