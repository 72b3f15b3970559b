"""The contract of a SeriesStore."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meguri.core.ids import RunId, new_id
from meguri.core.points import Point
from meguri.core.times import from_micros
from meguri.ports.series import Bucket, SeriesStore, Token

NOON = from_micros(1_300_000_000_000_000)
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]  # runs have fresh ids; several adapters run one suite
A, B = RunId("run_a"), RunId("run_b")


def point(step: int, value: float = 0.0, key: str = "loss", late: float = 0.0) -> Point:
    return Point(key, step, value, NOON + timedelta(seconds=late))


def steps(points: Sequence[Point]) -> list[int]:
    return [each.step for each in points]


class SeriesContract:
    """Derive from it and give the fixture `series`: an empty store."""

    @pytest.fixture
    def series(self) -> SeriesStore:
        raise NotImplementedError

    def test_points_come_back_as_they_went(self, series: SeriesStore) -> None:
        points = [point(1, 0.1), point(2, 0.30000000000000004, late=0.000001), point(3, -1e-300)]
        assert series.append(A, points) == 3
        assert series.history(A, "loss") == points

    def test_order_is_step_then_arrival_never_time(self, series: SeriesStore) -> None:
        series.append(A, [point(2, 1.0), point(5, 2.0)])
        series.append(A, [point(2, 3.0, late=-3600), point(1, 4.0)])
        assert [(each.step, each.value) for each in series.history(A, "loss")] == [(1, 4.0), (2, 1.0), (2, 3.0), (5, 2.0)]

    def test_history_pages(self, series: SeriesStore) -> None:
        series.append(A, [point(step) for step in range(10)])
        assert steps(series.history(A, "loss", limit=3)) == [0, 1, 2]
        assert steps(series.history(A, "loss", after=8, limit=3)) == [8, 9]

    def test_runs_and_keys_do_not_mix(self, series: SeriesStore) -> None:
        series.append(A, [point(1, 1.0), point(1, 2.0, key="acc")])
        series.append(B, [point(1, 3.0)])
        assert [each.value for each in series.history(A, "loss")] == [1.0]
        assert [each.value for each in series.history(A, "acc")] == [2.0]
        assert [each.value for each in series.history(B, "loss")] == [3.0]

    def test_last_is_of_the_greatest_step_then_the_newest_arrival(self, series: SeriesStore) -> None:
        series.append(A, [point(3, 1.0), point(3, 2.0, late=-60), point(1, 9.0), point(-7, 0.5, key="acc")])
        assert series.last(A) == {"acc": point(-7, 0.5, key="acc"), "loss": point(3, 2.0, late=-60)}
        series.append(A, [point(2, 7.0)])
        assert series.last(A)["loss"] == point(3, 2.0, late=-60)
        assert list(series.last(A)) == ["acc", "loss"]

    def test_last_of_many_runs(self, series: SeriesStore) -> None:
        runs = [RunId(f"run_{number}") for number in range(1_200)]
        series.append(runs[0], [point(1, 1.0)])
        series.append(runs[-1], [point(2, 2.0)])
        found = series.last_of(runs)
        assert list(found) == runs
        assert found[runs[0]] == {"loss": point(1, 1.0)} and found[runs[-1]] == {"loss": point(2, 2.0)} and found[runs[1]] == {}

    def test_nan_and_infinities_are_kept(self, series: SeriesStore) -> None:
        series.append(A, [point(1, math.nan), point(2, math.inf), point(3, -math.inf), point(4, math.nan)])
        first, second, third, fourth = (each.value for each in series.history(A, "loss"))
        assert math.isnan(first) and second == math.inf and third == -math.inf and math.isnan(fourth)
        assert math.isnan(series.last(A)["loss"].value)
        assert [(each.minimum, each.maximum) for each in series.downsample(A, "loss", 1)] == [(-math.inf, math.inf)]

    def test_unknown_run_has_nothing(self, series: SeriesStore) -> None:
        assert series.history(A, "loss") == [] and series.downsample(A, "loss", 10) == [] and series.last(A) == {}
        series.delete(A)

    def test_nothing_is_appended_as_nothing(self, series: SeriesStore) -> None:
        assert series.append(A, []) == 0
        assert series.append(A, [], Token("w", 0)) == 0
        assert series.last(A) == {}

    def test_resent_batch_is_had_once(self, series: SeriesStore) -> None:
        points = [point(step) for step in range(5)]
        assert series.append(A, points, Token("w", 0)) == 5
        assert series.append(A, points, Token("w", 0)) == 0
        assert series.append(A, [*points[3:], point(5)], Token("w", 3)) == 1
        assert steps(series.history(A, "loss")) == [0, 1, 2, 3, 4, 5]

    def test_writers_and_runs_number_apart(self, series: SeriesStore) -> None:
        assert series.append(A, [point(1)], Token("w", 0)) == 1
        assert series.append(A, [point(2)], Token("v", 0)) == 1
        assert series.append(B, [point(3)], Token("w", 0)) == 1
        assert series.append(A, [point(4)], Token("w", 9)) == 1
        assert series.append(A, [point(5)], Token("w", 5)) == 0
        assert (series.received(A, "w"), series.received(B, "w"), series.received(B, "v")) == (10, 1, 0)

    @settings(max_examples=40, deadline=None, suppress_health_check=SHARED)
    @given(cuts=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), max_size=12))
    def test_whatever_is_resent_each_point_is_there_once(self, series: SeriesStore, cuts: list[tuple[int, int]]) -> None:
        """A writer sends batches cut anywhere, some of them again, never skipping a number."""
        run, sent = RunId(new_id("run")), 0
        for start, length in cuts:
            start = min(start, sent)
            added = series.append(run, [point(step) for step in range(start, start + length)], Token("w", start))
            assert added == max(0, start + length - sent)
            sent = max(sent, start + length)
        assert steps(series.history(run, "loss")) == list(range(sent))

    def test_deleted_run_is_forgotten_with_its_writers(self, series: SeriesStore) -> None:
        series.append(A, [point(1)], Token("w", 0))
        series.append(B, [point(1)])
        series.delete(A)
        assert series.history(A, "loss") == [] and series.last(A) == {}
        assert series.last(B) == {"loss": point(1)}
        assert series.append(A, [point(2)], Token("w", 0)) == 1

    def test_few_points_are_shown_as_they_are(self, series: SeriesStore) -> None:
        points = [point(1, 1.0), point(1, math.nan), point(900, 2.0)]
        series.append(A, points)
        shown = series.downsample(A, "loss", 3)
        assert [(each.first_step, each.last_step, each.count) for each in shown] == [(1, 1, 1), (1, 1, 1), (900, 900, 1)]
        assert [(each.minimum, each.maximum) for each in shown] == [(1.0, 1.0), (None, None), (2.0, 2.0)]

    def test_buckets_keep_range_last_value_and_gaps(self, series: SeriesStore) -> None:
        values = {0: 5.0, 1: -1.0, 2: 3.0, 90: math.nan, 91: math.nan, 99: 7.0}
        series.append(A, [point(step, value) for step, value in values.items()])
        shown = series.downsample(A, "loss", 5)
        assert shown[0] == Bucket(0, 2, 3, -1.0, 5.0, 3.0, NOON)
        assert shown[1] == Bucket(90, 99, 3, 7.0, 7.0, 7.0, NOON)
        assert len(shown) == 2

    @settings(max_examples=25, deadline=None, suppress_health_check=SHARED)
    @given(
        values=st.lists(st.tuples(st.integers(-(2**53), 2**53) | st.integers(0, 50), st.floats(width=32)), min_size=1, max_size=60),
        buckets=st.integers(1, 20),
    )
    def test_buckets_cover_all_points_and_only_them(self, series: SeriesStore, values: list[tuple[int, float]], buckets: int) -> None:
        run = RunId(new_id("run"))
        series.append(run, [point(step, value) for step, value in values])
        shown = series.downsample(run, "loss", buckets)
        assert len(shown) <= buckets
        assert sum(each.count for each in shown) == len(values)
        for bucket in shown:
            within = [each for each in series.history(run, "loss") if bucket.first_step <= each.step <= bucket.last_step]
            numbers = [each.value for each in within if not math.isnan(each.value)]
            if len(values) > buckets:
                assert (bucket.count, bucket.first_step, bucket.last_step) == (len(within), within[0].step, within[-1].step)
                assert (bucket.minimum, bucket.maximum) == ((min(numbers), max(numbers)) if numbers else (None, None))
                assert bucket.last == within[-1].value or (math.isnan(bucket.last) and math.isnan(within[-1].value))
        assert [each.last_step for each in shown] == sorted(each.last_step for each in shown)

    def test_many_keys_in_one_batch(self, series: SeriesStore) -> None:
        series.append(A, [point(1, float(number), key=f"k{number:05}") for number in range(2_500)])
        series.append(A, [point(2, float(number), key=f"k{number:05}") for number in range(2_500)])
        assert series.last(A) == {f"k{number:05}": point(2, float(number), key=f"k{number:05}") for number in range(2_500)}

    def test_threads_append_and_read_at_once(self, series: SeriesStore) -> None:
        def write(writer: int) -> None:
            for batch in range(20):
                series.append(A, [point(batch * 10 + step, key=f"k{writer}") for step in range(10)], Token(f"w{writer}", batch * 10))
                assert len(series.history(A, f"k{writer}")) == batch * 10 + 10

        failures: list[BaseException] = []

        def guarded(writer: int) -> None:
            try:
                write(writer)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=guarded, args=(writer,)) for writer in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert {key: each.step for key, each in series.last(A).items()} == {f"k{writer}": 199 for writer in range(4)}
