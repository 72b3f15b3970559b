"""When a column has moved."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguri.monitoring.drift import (
    SMALLEST_THRESHOLD,
    THRESHOLD_WITHOUT_BLOCKS,
    DayCounts,
    DriftVerdict,
    column_threshold,
    evaluate_drift,
    thresholds_of,
)
from meguri.profiles.distances import psi_corrected
from meguri.profiles.profile import DayProfiles
from meguri.profiles.reference import DAY, Reference
from tests.unit.monitoring.chance import most

HOURS = 24


def world(count: int, seed: int, *, weekend: float = 0.8, shift: float = 0.0) -> dict[str, NDArray[Any]]:
    """Hourly rows: temperature with autocorrelated days, demand with a week, hour of the day."""
    random = np.random.default_rng(seed)
    daily = np.zeros(count)
    for day in range(1, count):
        daily[day] = 0.6 * daily[day - 1] + random.normal(0, 0.8)
    days = np.repeat(np.arange(count), HOURS)
    level = np.exp(weekend * (days % 7 >= 5))
    return {
        "temp": daily[days] + random.normal(0, 0.7, len(days)) + shift,
        "demand": random.poisson(20 * level).astype(np.float64),
        "hr": np.tile(np.arange(HOURS), count),
    }


def times(first: int, count: int) -> NDArray[np.int64]:
    return first * DAY + np.arange(count * HOURS) * (DAY // HOURS)


def counted(reference: Reference, columns: dict[str, NDArray[Any]], first: int) -> list[DayCounts]:
    days = DayProfiles(reference)
    days.add(times(first, len(columns["hr"]) // HOURS), columns)
    return [DayCounts(day, profile.rows, profile.flat) for day, profile in sorted(days.days.items())]


TRAINING = 182
REFERENCE = Reference.from_columns(world(TRAINING, 1), at=times(0, TRAINING))
THRESHOLDS = {length: thresholds_of(REFERENCE, length) for length in (7, 14, 21, 28)}


def evaluate(days: list[DayCounts], until_day: int, minimum_rows: int = 100) -> DriftVerdict:
    return evaluate_drift(REFERENCE, THRESHOLDS.__getitem__, days, until_day=until_day, window_days=7, minimum_rows=minimum_rows)


def test_same_world_has_seldom_moved() -> None:
    """A stream of ten weeks has a false alarm in fewer than one of ten, whatever its seed."""
    alarms = 0
    for seed in range(20):
        days = counted(REFERENCE, world(70, 1_000 + seed), TRAINING)
        alarms += any(evaluate(days, until).moved for until in range(TRAINING + 14, TRAINING + 71))
    assert alarms <= most(20, 0.1)


def test_shifted_column_has_moved_and_is_named_first() -> None:
    for seed in range(20):
        verdict = evaluate(counted(REFERENCE, world(14, 2_000 + seed, shift=4), TRAINING), TRAINING + 14)
        assert verdict.moved
        assert [each.column for each in verdict.columns if each.moved] == ["temp"]
        assert (verdict.columns[0].column, verdict.score) == ("temp", verdict.columns[0].score)
        assert verdict.score > 1


def test_shift_by_two_standard_deviations_is_mostly_seen() -> None:
    seen = [
        "temp"
        in [
            each.column
            for each in evaluate(counted(REFERENCE, world(14, 3_000 + seed, shift=2), TRAINING), TRAINING + 14).columns
            if each.moved
        ]
        for seed in range(20)
    ]
    assert seen.count(False) <= most(20, 0.1)


def test_threshold_of_a_column_that_never_changes_is_the_smallest() -> None:
    assert THRESHOLDS[7]["hr"] == SMALLEST_THRESHOLD


def test_threshold_is_above_every_window_of_the_reference() -> None:
    assert REFERENCE.blocks is not None
    table = REFERENCE.blocks.table()[:, REFERENCE.places["temp"]]
    worst = max(psi_corrected(table.sum(0) - part, part) for start in range(TRAINING - 6) for part in [table[start : start + 7].sum(0)])
    assert THRESHOLDS[7]["temp"] >= 1.25 * worst


def test_reference_with_gaps_counts_calendar_days() -> None:
    table = np.array([[10, 0], [0, 10]] * 30)
    every_other = np.arange(60) * 2
    assert column_threshold(table, every_other, 4) == SMALLEST_THRESHOLD


def test_short_reference_gets_a_cautious_threshold() -> None:
    short = Reference.from_columns(world(20, 1), at=times(0, 20))
    assert set(thresholds_of(short, 7).values()) == {THRESHOLD_WITHOUT_BLOCKS}
    assert set(thresholds_of(short.without_blocks(), 7).values()) == {THRESHOLD_WITHOUT_BLOCKS}


def test_small_windows_are_widened_by_whole_windows() -> None:
    verdict = evaluate(counted(REFERENCE, world(28, 2), TRAINING), TRAINING + 28)
    assert (verdict.days, verdict.rows, verdict.first_day) == (14, 336, TRAINING + 14)


def test_young_version_has_no_verdict() -> None:
    verdict = evaluate(counted(REFERENCE, world(9, 2), TRAINING), TRAINING + 9)
    assert (verdict.moved, verdict.columns) == (False, ())
    assert "not served" in verdict.why_not


def test_empty_stream_has_no_verdict() -> None:
    assert evaluate([], 400) == DriftVerdict(False, 0, 28, 372, (), "the version has not served for 28 days yet")


def test_new_category_has_moved() -> None:
    columns = world(14, 2)
    columns["hr"] = np.where(np.arange(14 * HOURS) % 4 == 0, 77, columns["hr"])
    verdict = evaluate(counted(REFERENCE, columns, TRAINING), TRAINING + 14)
    hour = next(each for each in verdict.columns if each.column == "hr")
    assert hour.moved
    assert hour.distances.unseen is not None
    assert hour.distances.unseen.current == 0.25
