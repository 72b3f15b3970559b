"""When two computations of the same predictions agree."""

from __future__ import annotations

import math

import pytest

from meguri.core.agreement import find_difference


@pytest.mark.parametrize(
    ("expected", "got", "found"),
    [
        ([], [], None),
        ([1.0, -2.0, 0.0], [1.0, -2.0, 0.0], None),
        ([1e6, 1.0], [1e6 + 50, 1.00005], None),
        ([1e6, 1.0], [1e6, 1.5], (1, 0.5)),
        ([1e6] * 9 + [1e-3], [1e6] * 9 + [0.0], (9, 1e-3)),
        ([100.0, 0.0], [100.0, 1e-4], None),
        ([100.0, 0.0], [100.0, 0.01], (1, 0.01)),
        ([0.0, 0.0], [0.0, 1e-6], None),
        ([1.0, 2.0], [1.1, 2.5], (1, 0.5)),
        ([1.0, 2.0], [math.nan, 2.0], (0, math.inf)),
        ([1.0, 2.0], [1.0, math.inf], (1, math.inf)),
    ],
)
def test_each_prediction_is_compared_by_its_own_size(expected: list[float], got: list[float], found: tuple[int, float] | None) -> None:
    assert find_difference(expected, got) == found
