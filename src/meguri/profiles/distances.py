"""How far two count vectors over the same cells lie apart. Natural logarithm unless a name says bits.

Formulas: Lin 1991 (Jensen-Shannon), Yurdakul & Naranjo 2020 (distribution of PSI), Benjamini & Hochberg 1995. Jeffreys smoothing: half a
count is added to every cell on both sides; cells that are empty on both sides are left out first, for they say nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meguri.profiles.cells import Cells

JEFFREYS = 0.5
Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rates:
    """A share on both sides, and the p-value (two-sided, pooled z) that they are the same."""

    reference: float
    current: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Distances:
    """The comparison of one column: `n` values in the reference, `m` in the window, `cells` not empty on both sides."""

    n: int
    m: int
    cells: int
    psi: float
    psi_corrected: float
    kl: float
    jsd_bits: float
    l_infinity: float
    chi_square: float
    p_value: float
    ks: float | None
    missing: Rates
    unseen: Rates | None


def compare(cells: Cells, reference: ArrayLike, current: ArrayLike) -> Distances:
    """All distances of one column; `reference` and `current` are counts over all of its cells."""
    p, q = np.asarray(reference, dtype=np.float64), np.asarray(current, dtype=np.float64)
    n, m = int(p.sum()), int(q.sum())
    statistic, _, p_value = chi_square(p, q)
    return Distances(
        n, m, int(np.count_nonzero(p + q)), psi(p, q), psi_corrected(p, q), kl(q, p), jsd_bits(p, q), l_infinity(p, q), statistic, p_value,
        ks(p[: cells.ordered], q[: cells.ordered]) if cells.ordered else None,
        same_rate(int(p[-1]), n, int(q[-1]), m),
        None if cells.unseen is None else same_rate(int(p[cells.unseen]), n, int(q[cells.unseen]), m),
    )  # fmt: skip


def shares(p: ArrayLike, q: ArrayLike, smoothing: float = JEFFREYS) -> tuple[Shares, Shares]:
    """Both count vectors as shares of the cells that are not empty on both sides."""
    a, b = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    used = (a + b) > 0
    a, b = a[used] + smoothing, b[used] + smoothing
    return a / (a.sum() or 1.0), b / (b.sum() or 1.0)


def psi(reference: ArrayLike, current: ArrayLike, smoothing: float = JEFFREYS) -> float:
    """Population stability index: sum (q - p) ln(q / p) = KL(p|q) + KL(q|p). Infinite for a one-sided empty cell without smoothing."""
    p, q = shares(reference, current, smoothing)
    with np.errstate(divide="ignore"):
        return float(np.sum((q - p) * (np.log(q) - np.log(p))))


def psi_corrected(reference: ArrayLike, current: ArrayLike, smoothing: float = JEFFREYS) -> float:
    """PSI less what it is on average where nothing changed: (K - 1)(1/n + 1/m). May be below zero; 0 where a side is empty."""
    p, q = np.asarray(reference, dtype=np.float64), np.asarray(current, dtype=np.float64)
    n, m = float(p.sum()), float(q.sum())
    if n == 0 or m == 0:
        return 0.0
    return psi(p, q, smoothing) - (int(np.count_nonzero(p + q)) - 1) * (1 / n + 1 / m)


def kl(p: ArrayLike, q: ArrayLike, smoothing: float = JEFFREYS) -> float:
    """KL(p|q) = sum p ln(p / q), in nats; give the current window as `p` and the reference as `q` to ask how it surprises."""
    a, b = shares(p, q, smoothing)
    return float(_relative_entropy(a, b))


def jsd_bits(p: ArrayLike, q: ArrayLike, smoothing: float = JEFFREYS) -> float:
    """Jensen-Shannon divergence with base 2, no root: 0 to 1. Its square root is the distance."""
    a, b = shares(p, q, smoothing)
    middle = (a + b) / 2
    return float((_relative_entropy(a, middle) + _relative_entropy(b, middle)) / 2 / math.log(2))


def l_infinity(p: ArrayLike, q: ArrayLike, smoothing: float = JEFFREYS) -> float:
    """The largest difference of a cell's share."""
    a, b = shares(p, q, smoothing)
    return float(np.max(np.abs(a - b), initial=0.0))


def ks(p: ArrayLike, q: ArrayLike) -> float:
    """Kolmogorov-Smirnov over cells in the order of their values: sup |F - G| at the cells' edges. 0 where a side is empty."""
    a, b = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    if not a.sum() or not b.sum():
        return 0.0
    return float(np.max(np.abs(np.cumsum(a) / a.sum() - np.cumsum(b) / b.sum())))


def chi_square(p: ArrayLike, q: ArrayLike) -> tuple[float, int, float]:
    """Homogeneity of the 2 x K table: statistic, degrees of freedom, p-value (1 where a side is empty or one cell is used)."""
    table = np.stack([np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)])
    table = table[:, table.sum(axis=0) > 0]
    rows = table.sum(axis=1, keepdims=True)
    freedom = table.shape[1] - 1
    if freedom < 1 or not rows.all():
        return 0.0, max(freedom, 0), 1.0
    expected = rows * table.sum(axis=0) / table.sum()
    statistic = float(np.sum((table - expected) ** 2 / expected))
    return statistic, freedom, chi_square_survival(statistic, freedom)


def same_rate(count: int, n: int, other_count: int, m: int) -> Rates:
    """Two-proportion z test with pooled variance."""
    if not n or not m:
        return Rates(count / n if n else 0.0, other_count / m if m else 0.0, 1.0)
    first, second, pooled = count / n, other_count / m, (count + other_count) / (n + m)
    variance = pooled * (1 - pooled) * (1 / n + 1 / m)
    p_value = math.erfc(abs(first - second) / math.sqrt(2 * variance)) if variance else 1.0
    return Rates(first, second, p_value)


def benjamini_hochberg(p_values: Sequence[float], q: float) -> tuple[bool, ...]:
    """Which hypotheses are rejected at a false discovery rate of `q`."""
    order = sorted(range(len(p_values)), key=lambda number: p_values[number])
    last = max((rank for rank, number in enumerate(order, 1) if p_values[number] <= q * rank / len(order)), default=0)
    chosen = set(order[:last])
    return tuple(number in chosen for number in range(len(p_values)))


def chi_square_survival(statistic: float, freedom: int) -> float:
    """P(X >= statistic), the regularised upper incomplete gamma function Q(freedom / 2, statistic / 2): series below, Lentz's continued
    fraction above (DLMF 8.11.4, 8.9.2); relative error about 1e-12."""
    if statistic <= 0:
        return 1.0
    a, x = freedom / 2, statistic / 2
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    return 1 - front * _gamma_series(a, x) if x < a + 1 else front * _gamma_fraction(a, x)


def _gamma_series(a: float, x: float) -> float:
    term = total = 1 / a
    step = a
    while term > total * 1e-16:
        step += 1
        term *= x / step
        total += term
    return total


def _gamma_fraction(a: float, x: float) -> float:
    b = x + 1 - a
    c, d = math.inf, 1 / b
    h = d
    for i in range(1, 10_000):
        an = i * (a - i)
        b += 2
        d = 1 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return h


def _relative_entropy(p: Shares, q: Shares) -> float:
    used = p > 0
    with np.errstate(divide="ignore"):
        return float(np.sum(p[used] * (np.log(p[used]) - np.log(q[used]))))
