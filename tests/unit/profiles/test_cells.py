"""Where values are counted."""

from __future__ import annotations

import math

import numpy as np
import pytest

from meguri.core.errors import Invalid
from meguri.profiles.cells import Cells, cells_of


def test_numbers_get_twenty_cells_of_equal_mass_with_open_ends() -> None:
    cells = cells_of("x", np.arange(1000) / 10)
    counts = np.bincount(cells.finder()(np.arange(1000) / 10), minlength=cells.size)
    assert cells.kind == "numeric"
    assert len(cells.edges) == 19
    assert counts[:20].max() <= 51
    assert counts[20:].tolist() == [0, 0]
    assert cells.finder()([-1e300, 1e300]).tolist() == [0, 19]


def test_value_with_a_twentieth_of_the_mass_has_a_cell_of_its_own() -> None:
    cells = cells_of("rain", np.concatenate([np.zeros(60), np.linspace(0.1, 9, 940)]))
    zero, tiny, below = cells.finder()([0.0, 5e-324, -1.0]).tolist()
    assert cells.labels[zero] == "0"
    assert len({zero, tiny, below}) == 3


def test_constant_column_sees_any_other_value() -> None:
    cells = cells_of("flag", np.full(50, 2.5))
    assert cells.labels == ("< 2.5", "2.5", ">= 2.5", "non_finite", "missing")
    assert cells.finder()([2.4, 2.5, 2.6, math.inf, None]).tolist() == [0, 1, 2, 3, 4]


def test_integers_of_few_values_are_categories() -> None:
    cells = cells_of("hr", np.arange(240) % 24)
    assert cells == Cells("hr", "integer", values=tuple(float(hour) for hour in range(24)))
    assert cells.finder()([0, 23.0, 24, 1.5, math.nan, math.inf]).tolist() == [0, 23, 24, 24, 25, 24]


def test_integers_of_many_values_are_numbers() -> None:
    assert cells_of("count", np.arange(51)).kind == "numeric"
    assert cells_of("count", np.arange(50)).kind == "integer"


def test_booleans_are_categories() -> None:
    assert cells_of("holiday", [True, False, None, True]).labels == ("0", "1", "unseen", "missing")


def test_rare_categories_are_other_and_new_ones_unseen() -> None:
    values = [f"c{number:03d}" for number in range(300) for _ in range(300 - number)]
    cells = cells_of("city", values)
    found = cells.finder()(["c000", "c254", "c255", "c299", "never", None])
    assert [cells.labels[cell] for cell in found] == ["c000", "c254", "other", "other", "unseen", "missing"]


def test_column_with_too_many_values_has_no_unseen_ones() -> None:
    cells = cells_of("user", [f"u{number}" for number in range(10_300)])
    assert cells.tail_is_open
    assert cells.labels[cells.finder()(["never"])[0]] == "other"


def test_text_in_a_number_column_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match="temp: 'warm' is not a number"):
        cells_of("temp", [0.5, 0.7]).finder()([0.1, "warm"])


def test_column_that_is_only_missing_still_counts() -> None:
    cells = cells_of("x", [None, math.nan])
    assert cells.labels == ("(-inf, inf)", "non_finite", "missing")
    assert cells.finder()([None, 1.0]).tolist() == [2, 0]
