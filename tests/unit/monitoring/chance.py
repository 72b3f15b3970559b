"""How many of several seeds may go wrong before it is not chance."""

from __future__ import annotations

from scipy.stats import binom


def most(runs: int, rate: float) -> int:
    """The largest count of errors that independent runs with this error rate exceed less than once in 10,000 times."""
    return int(binom.ppf(1 - 1e-4, runs, rate))
