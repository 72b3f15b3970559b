"""Detectors do, update by update, what river's do, and go on from JSON."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river import drift

from meguri.core.errors import Invalid
from meguri.monitoring.detectors import Adwin, Detector, HddmA, PageHinkley, from_json, to_json


def jump(seed: int) -> list[float]:
    source = random.Random(seed)
    return [float(value) for value in source.choices([0, 1], k=1000) + source.choices(range(4, 8), k=1000)]


def bits(seed: int, shares: Sequence[float] = (0.2, 0.3, 0.1, 0.5)) -> list[float]:
    source = random.Random(seed)
    return [float(source.random() < share) for share in shares for _ in range(1500)]


def walk(seed: int) -> list[float]:
    source = random.Random(seed)
    return [source.gauss(number / 400, 1 + number % 3) for number in range(3000)]


def changes(detector: Any, stream: list[float]) -> list[int]:  # Any: ours or river's
    found = []
    for number, value in enumerate(stream):
        detector.update(value)
        if detector.changed if hasattr(detector, "changed") else detector.drift_detected:
            found.append(number)
    return found


def test_documented_examples() -> None:
    stream = jump(12345)
    source = random.Random(42)
    binary = [float(each) for each in source.choices([0, 1], k=1000) + source.choices([0, 1], k=1000, weights=[0.3, 0.7])]
    assert changes(Adwin(), stream) == [1023]
    assert changes(PageHinkley(), stream) == [1006]
    assert changes(HddmA(), binary) == [1206]


@pytest.mark.parametrize("stream", [jump(1), bits(2), walk(3), bits(4, (0.1, 0.12, 0.14, 0.2))], ids=["jump", "bits", "walk", "creep"])
def test_adwin_is_rivers_bit_for_bit(stream: list[float]) -> None:
    for delta, clock in ((0.002, 32), (0.05, 1)):
        ours, theirs = Adwin(delta, clock), drift.ADWIN(delta, clock)
        for value in stream:
            ours.update(value)
            theirs.update(value)
            assert (ours.changed, ours.width, ours.total, ours.variance) == (
                theirs.drift_detected, theirs.width, theirs.total, theirs.variance,
            )  # fmt: skip


@pytest.mark.parametrize("direction", ["up", "down", "both"])
@pytest.mark.parametrize("stream", [jump(1), bits(2), walk(3)], ids=["jump", "bits", "walk"])
def test_page_hinkley_is_rivers_bit_for_bit(stream: list[float], direction: Any) -> None:
    ours, theirs = PageHinkley(threshold=20, direction=direction), drift.PageHinkley(threshold=20, mode=direction)
    for value in stream:
        ours.update(value)
        theirs.update(value)
        assert (ours.changed, ours.mean, ours.rise, ours.fall) == (
            theirs.drift_detected, theirs._x_mean.get(), theirs._sum_increase, theirs._sum_decrease,
        )  # fmt: skip


@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_hddm_a_is_rivers_bit_for_bit(seed: int, two_sided: bool) -> None:
    ours, theirs = HddmA(two_sided=two_sided), drift.binary.HDDMA(two_sided_test=two_sided)
    for value in bits(seed):
        ours.update(value)
        theirs.update(value)
        assert (ours.changed, ours.mean, ours.low_mean, ours.high_mean) == (
            theirs.drift_detected, theirs._z.get(), theirs._x_min.get(), theirs._x_max.get(),
        )  # fmt: skip
        assert ours.changed or ours.warning == theirs.warning_detected


@settings(max_examples=40)
@given(st.sampled_from([Adwin(clock=4), PageHinkley(threshold=2), HddmA(two_sided=True)]), st.lists(st.floats(0, 1), max_size=120))
def test_detector_goes_on_from_json(made: Any, stream: list[float]) -> None:
    steady: Detector = from_json(to_json(type(made)()))
    moved: Detector = from_json(to_json(type(made)()))
    for value in stream:
        moved = from_json(msgspec.json.decode(msgspec.json.encode(to_json(moved))))
        assert steady.update(value) == moved.update(value)
    assert to_json(steady) == to_json(moved)


def test_unknown_detector_is_refused() -> None:
    with pytest.raises(Invalid, match="detector"):
        from_json({"kind": "Kswin", "state": {}})
