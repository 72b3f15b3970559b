"""Whether predictions are the same, up to the rounding of 32-bit arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence

RELATIVE = 1e-4
"""Share of a prediction by which another computation of it may differ."""

ABSOLUTE = 1e-5
"""The same for predictions near zero, as a share of a small prediction among those compared."""


def find_difference(
    expected: Sequence[float], got: Sequence[float], *, relative: float = RELATIVE, quantile: float = 0.1
) -> tuple[int, float] | None:
    """The place and size of the largest difference among those that are not rounding; None where there is none.

    Each prediction is compared by itself: it may differ by `relative` of its own size, plus `ABSOLUTE` of that size below which the given
    quantile of all predictions (without zeros) lies. A large prediction therefore does not excuse a small one. What is not finite differs.
    """
    sizes = sorted(abs(each) for each in expected if each)
    floor = ABSOLUTE * sizes[int(quantile * (len(sizes) - 1))] if sizes else ABSOLUTE
    worst: tuple[int, float] | None = None
    for place, (one, other) in enumerate(zip(expected, got, strict=True)):
        difference = abs(one - other)
        if not difference <= relative * abs(one) + floor:
            size = difference if math.isfinite(difference) else math.inf
            worst = (place, size) if worst is None or size > worst[1] else worst
    return worst
