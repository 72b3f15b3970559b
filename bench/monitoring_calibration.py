"""False alarms and power of the two rules of monitoring, by simulation. Fixed seeds; nothing here is tuned on an example's stream.

    python bench/monitoring_calibration.py [simulations]      (default 100; about ten minutes)

Quality: the logarithm of a day's error is an AR(1) series with standard deviation sd and autocorrelation rho. A version is deployed with a
holdout of n0 days and serves 60 stationary days; then its error rises at once, or from the first day on by 0.7 % a day.
Drift: a reference of some length and 60 more days of the same world: autocorrelated levels, demand with weekdays, clustered rain, a season
where the reference covers a year. Window 7 days, 24 rows a day, checked every day.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguri.monitoring.drift import DayCounts, evaluate_drift, thresholds_of
from meguri.monitoring.quality import DayErrors, evaluate_quality
from meguri.profiles.profile import DayProfiles
from meguri.profiles.reference import DAY, Reference

STATIONARY_DAYS = 60
HOURS = 24


def main(simulations: int) -> None:
    print(f"quality: {simulations} simulations a line; false alarms in {STATIONARY_DAYS} days (share of streams), then share seen within")
    print("5 days and median days for a rise by 50 % and by 100 %, and median days for 0.7 % a day")
    print(
        f"{'rho':>4} {'sd':>4} {'n0':>3} {'false':>6}   {'+50 % <=5d':>10} {'median':>6}   {'+100 % <=5d':>11} {'median':>6}   {'ramp':>5}"
    )
    alarms = streams = 0
    for rho in (0.0, 0.3, 0.5):
        for deviation in (0.1, 0.2, 0.3):
            for holdout in (7, 14, 28):
                random = np.random.default_rng(1)
                paths = [ar1(random, holdout + 130, rho, deviation) for _ in range(simulations)]
                false = [first_breach(path[:holdout], path[holdout : holdout + STATIONARY_DAYS]) is not None for path in paths]
                alarms, streams = alarms + sum(false), streams + simulations
                powers = [delays(paths[: simulations // 2], holdout, np.log(factor)) for factor in (1.5, 2.0)]
                slow = [ramp(path, holdout) for path in paths[: simulations // 2]]
                shown = "   ".join(f"{np.mean(np.array(each) <= 5):>10.2f} {np.median(each):>6.0f}" for each in powers)
                print(f"{rho:4} {deviation:4} {holdout:3} {np.mean(false):6.3f}   {shown}   {np.median(slow):5.0f}", flush=True)
    print(
        f"all lines: {alarms} of {streams} streams of {STATIONARY_DAYS} days = {20 * alarms / streams:.2f} in 20 x {STATIONARY_DAYS} days"
    )
    print(
        "\ndrift: streams with a false alarm (2 of 3 checks) in 60 days, by days of the reference; share of shifts seen within three weeks"
    )
    rounds = max(simulations // 2, 20)
    for length in (60, 120, 182, 365):
        false_count, seen = drift_alarms(length, rounds)
        shown = ", ".join(f"{name} {share:.2f}" for name, share in seen.items())
        print(f"{length:3} days: {false_count} of {rounds}; {shown}", flush=True)


def ar1(random: np.random.Generator, count: int, rho: float, deviation: float) -> NDArray[np.float64]:
    shocks = random.normal(0, deviation * np.sqrt(1 - rho**2), count)
    values = np.empty(count)
    values[0] = random.normal(0, deviation)
    for place in range(1, count):
        values[place] = rho * values[place - 1] + shocks[place]
    return values


def as_days(logs: NDArray[np.float64], first: int) -> list[DayErrors]:
    return [
        DayErrors(first + place, HOURS, HOURS * value, HOURS * value**2, HOURS * 10.0) for place, value in enumerate(np.exp(logs).tolist())
    ]


def first_breach(baseline: NDArray[np.float64], own: NDArray[np.float64], start: int = 1) -> int | None:
    """Number of the day in service that first shows a breach."""
    before, days = as_days(baseline, -len(baseline)), as_days(own, 0)
    for count in range(start, len(days) + 1):
        if evaluate_quality(before, days[:count], metric="mae", window_days=7, tolerance=0.2, minimum_rows=72).breached:
            return count
    return None


def delays(paths: Sequence[NDArray[np.float64]], holdout: int, rise: float) -> list[int]:
    """Days from the rise to the breach, 99 where there is none within 30 days; streams with an earlier false alarm are left out."""
    found = []
    for path in paths:
        own = path[holdout : holdout + STATIONARY_DAYS + 30].copy()
        own[STATIONARY_DAYS:] += rise
        if first_breach(path[:holdout], own[:STATIONARY_DAYS]) is None:
            seen = first_breach(path[:holdout], own, STATIONARY_DAYS + 1)
            found.append(99 if seen is None else seen - STATIONARY_DAYS)
    return found


def ramp(path: NDArray[np.float64], holdout: int) -> int:
    own = path[holdout:] + 0.007 * np.arange(len(path) - holdout)
    return first_breach(path[:holdout], own) or 199


def drift_alarms(length: int, simulations: int) -> tuple[int, dict[str, float]]:
    false = 0
    seen: dict[str, list[bool]] = {"demand x 2": [], "level + 2 sd": [], "hours lost": []}
    for seed in range(simulations):
        random = np.random.default_rng(1_000 + seed)
        columns = world(random, length + 60, season=length >= 365)
        training = {name: values[: length * HOURS] for name, values in columns.items()}
        reference = Reference.from_columns(training, at=np.arange(length * HOURS) * (DAY // HOURS))
        after = {name: values[length * HOURS :] for name, values in columns.items()}
        false += first_drift(reference, after, length) is not None
        shifts: list[dict[str, NDArray[Any]]] = [
            {"demand": random.poisson(after["demand"] * 2).astype(np.float64)},
            {"level_0.5": after["level_0.5"] + 2 * training["level_0.5"].std()},
            {"hr": np.where(after["hr"] < 6, 3, after["hr"])},
        ]
        for name, shift in zip(seen, shifts, strict=True):
            found = first_drift(reference, {**after, **shift}, length)
            seen[name].append(found is not None and found <= 21)
    return false, {name: float(np.mean(each)) for name, each in seen.items()}


def first_drift(reference: Reference, columns: dict[str, NDArray[Any]], first: int) -> int | None:
    """Days in service until drift was seen in 2 of 3 checks."""
    profiles = DayProfiles(reference)
    profiles.add(first * DAY + np.arange(len(columns["hr"])) * (DAY // HOURS), columns)
    days = [DayCounts(day, each.rows, each.flat) for day, each in sorted(profiles.days.items())]
    thresholds = {length: thresholds_of(reference, length) for length in (7, 14, 21, 28)}
    moved: list[bool] = []
    for until in range(first + 1, first + len(days) + 1):
        moved.append(evaluate_drift(reference, thresholds.__getitem__, days, until_day=until, window_days=7, minimum_rows=100).moved)
        if moved[-1] and sum(moved[-3:]) >= 2:
            return until - first
    return None


def world(random: np.random.Generator, count: int, *, season: bool) -> dict[str, NDArray[Any]]:
    days, hours = np.repeat(np.arange(count), HOURS), np.tile(np.arange(HOURS), count)
    rows = len(days)
    columns: dict[str, NDArray[Any]] = {
        f"level_{rho}": ar1(random, count, rho, 1)[days] + random.normal(0, 0.7, rows) for rho in (0.5, 0.8)
    }
    week = np.array([0, 0, 0, 0, 0.2, 0.8, 0.6])[days % 7]
    demand = np.exp(0.25 * ar1(random, count, 0.7, 1)[days] + week) * (1 + 0.8 * np.sin(hours / HOURS * 2 * np.pi))
    columns |= {"demand": random.poisson(20 * demand).astype(np.float64), "hr": hours, "weekday": days % 7}
    wet = np.zeros(count, dtype=bool)
    for day in range(1, count):
        wet[day] = random.random() < (0.55 if wet[day - 1] else 0.2)
    columns["rain"] = np.where(wet[days] & (random.random(rows) < 0.6), random.exponential(size=rows), 0.0)
    if season:
        columns["temp"] = (
            2 * np.sin((days + random.integers(365)) / 365 * 2 * np.pi) + ar1(random, count, 0.8, 1)[days] + random.normal(0, 0.5, rows)
        )
    return columns


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
