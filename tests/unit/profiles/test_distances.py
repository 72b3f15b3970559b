"""Distances against known vectors and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial import distance

from meguri.profiles import distances
from meguri.profiles.cells import cells_of

P, Q = [0.1, 0.2, 0.3, 0.4], [0.25] * 4
COUNTS = st.lists(st.integers(0, 500), min_size=2, max_size=25)


def test_known_vectors() -> None:
    assert [
        round(distances.kl(P, Q, 0), 6),
        round(distances.kl(Q, P, 0), 6),
        round(distances.psi(P, Q, 0), 6),
        round(distances.jsd_bits(P, Q, 0) * math.log(2), 6),
        round(math.sqrt(distances.jsd_bits(P, Q, 0) * math.log(2)), 6),
        round(math.sqrt(distances.jsd_bits(P, Q, 0)), 6),
    ] == [0.106440, 0.121777, 0.228217, 0.027866, 0.166930, 0.200503]


def test_known_deciles() -> None:
    current = [0.12, 0.11, 0.10, 0.09, 0.08, 0.10, 0.11, 0.10, 0.10, 0.09]
    assert round(distances.psi([0.1] * 10, current, 0), 6) == 0.012123


def test_disjoint_distributions_are_one_bit_apart() -> None:
    assert distances.jsd_bits([1, 0], [0, 1], 0) == pytest.approx(1)
    assert distances.l_infinity([5, 0], [0, 5], 0) == 1


def test_ks_of_cells_is_exact_at_the_edges() -> None:
    first, second = np.bincount(np.arange(10), minlength=12), np.bincount(np.arange(2, 12), minlength=12)
    assert distances.ks(first, second) == pytest.approx(0.2)


def test_shift_of_a_normal_by_delta_has_psi_near_delta_squared() -> None:
    random = np.random.default_rng(0)
    before, after = random.normal(size=200_000), random.normal(0.3, size=200_000)
    cells = cells_of("x", before)
    counts = [np.bincount(cells.finder()(values), minlength=cells.size) for values in (before, after)]
    assert distances.psi(counts[0], counts[1]) == pytest.approx(0.0913, abs=0.004)


def test_psi_is_corrected_for_the_size_of_the_window() -> None:
    random = np.random.default_rng(1)
    shares = np.full(20, 0.05)
    reference = random.multinomial(10_000, shares)
    windows = [random.multinomial(500, shares) for _ in range(400)]
    assert np.mean([distances.psi(reference, window) for window in windows]) > 0.03
    assert abs(np.mean([distances.psi_corrected(reference, window) for window in windows])) < 0.004


def test_one_outlier_does_not_blind_psi() -> None:
    random = np.random.default_rng(2)
    before, after = random.normal(size=10_000), random.normal(1, size=10_000)
    after[0] = 1e6
    cells = cells_of("x", before)
    counts = [np.bincount(cells.finder()(values), minlength=cells.size) for values in (before, after)]
    assert distances.psi(counts[0], counts[1]) > 0.9


def test_cells_empty_on_both_sides_say_nothing() -> None:
    assert distances.psi([1000, 1000, 0, 0], [10, 10, 0, 0]) == distances.psi([1000, 1000], [10, 10])


@given(COUNTS)
def test_measures_agree_with_scipy(counts: list[int]) -> None:
    other = counts[::-1]
    p, q = distances.shares(counts, other)
    assume(len(p) > 1)
    assert distances.kl(counts, other) == pytest.approx(stats.entropy(p, q), abs=1e-12)
    assert distances.psi(counts, other) == pytest.approx(stats.entropy(p, q) + stats.entropy(q, p), abs=1e-12)
    assert distances.jsd_bits(counts, other) == pytest.approx(distance.jensenshannon(p, q, 2) ** 2, abs=1e-12)


@given(COUNTS, st.integers(0, 30))
def test_chi_square_agrees_with_scipy(counts: list[int], turn: int) -> None:
    other = list(np.roll(counts, turn) + 1)
    statistic, freedom, p_value = distances.chi_square(counts, other)
    assume(sum(counts))
    expected = stats.chi2_contingency([counts, other], correction=False)
    assert statistic == pytest.approx(expected.statistic)
    assert freedom == expected.dof
    assert p_value == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-300)


@given(st.floats(1e-3, 1e4), st.integers(1, 300))
def test_chi_square_survival_agrees_with_scipy(statistic: float, freedom: int) -> None:
    assert distances.chi_square_survival(statistic, freedom) == pytest.approx(stats.chi2.sf(statistic, freedom), rel=1e-9, abs=1e-300)


@given(st.integers(0, 50), st.integers(1, 900), st.integers(0, 50), st.integers(1, 900))
def test_rates_agree_with_scipy(a: int, n: int, b: int, m: int) -> None:
    assume(0 < a + b < n + m and a <= n and b <= m)
    expected = stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False)
    assert distances.same_rate(a, n, b, m).p_value == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-300)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg_agrees_with_scipy(p_values: list[float]) -> None:
    expected = tuple(bool(p <= 0.05) for p in stats.false_discovery_control(p_values))
    assert distances.benjamini_hochberg(p_values, 0.05) == expected


def test_comparison_says_everything_about_a_column() -> None:
    cells = cells_of("city", ["dc"] * 60 + ["ny"] * 40)
    found = distances.compare(cells, [60, 40, 0, 0, 0], [30, 10, 0, 8, 2])
    assert (found.n, found.m, found.cells, found.ks) == (100, 50, 4, None)
    assert (found.missing.reference, found.missing.current) == (0.0, 0.04)
    assert found.unseen is not None
    assert (found.unseen.current, round(found.unseen.p_value, 6)) == (0.16, 0.000039)
    assert found.psi > found.psi_corrected > 0.2


def test_distances_are_plain_numbers() -> None:
    found = distances.compare(cells_of("x", np.arange(100.0)), np.arange(22), np.ones(22))
    assert {type(value) for value in (found.psi, found.psi_corrected, found.kl, found.jsd_bits, found.l_infinity, found.ks)} == {float}
    assert type(found.missing.current) is float


def test_empty_window_is_no_drift() -> None:
    found = distances.compare(cells_of("x", np.arange(100.0)), np.ones(22), np.zeros(22))
    assert (found.m, found.psi_corrected, found.p_value, found.ks, found.missing.p_value) == (0, 0.0, 1.0, 0.0, 1.0)
