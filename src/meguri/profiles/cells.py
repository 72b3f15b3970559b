"""The cells of one column: made once from the reference, then frozen, so that counts of different days and replicas add up."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from meguri.core.errors import Invalid

Kind = Literal["numeric", "integer", "text"]
Values = Sequence[Any] | NDArray[Any]  # Any: a column holds numbers, strings, booleans and None
Index = NDArray[np.int64]

QUANTILE_CELLS = 20
POINT_MASS = 0.05
LARGEST_INTEGER_DOMAIN = 50
LARGEST_VOCABULARY = 255
LARGEST_TAIL = 10_000


@dataclass(frozen=True, slots=True)
class Cells:
    """Where a value of one column is counted. Every value has exactly one cell.

    numeric: `edges` e1 < ... < eK cut the line into (-inf, e1), [e1, e2), ..., [eK, +inf); a value v with a point cell of its own
    stands as the two edges v and the next float after it. Then come the cells `non_finite` and `missing`.
    integer: one cell for each of `values` (ascending), then `unseen` and `missing`.
    text: one cell for each of `values` (most frequent first), then `other` (the known `tail`), `unseen` and `missing`. Where the
    reference had more than 10,000 different values in its tail, none can be called unseen any more (`tail_is_open`): they are `other`.
    """

    name: str
    kind: Kind
    edges: tuple[float, ...] = ()
    values: tuple[float, ...] | tuple[str, ...] = ()
    tail: tuple[str, ...] = ()
    tail_is_open: bool = False

    @property
    def ordered(self) -> int:
        """How many cells, from the first, lie in the order of their values: KS is taken over them (0 for text)."""
        return len(self.edges) + 1 if self.kind == "numeric" else len(self.values) if self.kind == "integer" else 0

    @property
    def size(self) -> int:
        return len(self.edges) + 3 if self.kind == "numeric" else len(self.values) + (2 if self.kind == "integer" else 3)

    @property
    def unseen(self) -> int | None:
        """Number of the cell for values that the reference never had; None for a numeric column."""
        return None if self.kind == "numeric" else self.size - 2

    @property
    def labels(self) -> tuple[str, ...]:
        """What each cell holds, for people."""
        if self.kind == "numeric":
            return (*_intervals(self.edges), "non_finite", "missing")
        names = tuple(f"{value:g}" if isinstance(value, float) else value for value in self.values)
        return (*names, "unseen", "missing") if self.kind == "integer" else (*names, "other", "unseen", "missing")

    def finder(self) -> Callable[[Values], Index]:
        """A function from values to cell numbers; build it once, call it for each batch. It raises Invalid for text in a number column."""
        return {"numeric": _numeric_finder, "integer": _integer_finder, "text": _text_finder}[self.kind](self)


def cells_of(name: str, values: Values) -> Cells:
    """Cells for a column as the reference shows it. Raises Invalid for a column whose values have no type in common."""
    if _is_text(values):
        return _text_cells(name, values)
    numbers = as_numbers(name, values)
    finite = numbers[np.isfinite(numbers)]
    distinct, counts = np.unique(finite, return_counts=True)
    if len(distinct) <= LARGEST_INTEGER_DOMAIN and len(distinct) and _is_integer(values):
        return Cells(name, "integer", values=tuple(float(value) for value in distinct))
    return Cells(name, "numeric", edges=_edges(finite, distinct, counts))


def as_numbers(name: str, values: Values) -> NDArray[np.float64]:
    """float64, with NaN for None. Raises Invalid naming the column and the first value that is no number."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiub":
        return values.astype(np.float64, copy=False)
    try:
        return np.array([math.nan if value is None else float(value) for value in values], dtype=np.float64)
    except (TypeError, ValueError) as error:
        bad = next(value for value in values if not _is_number(value))
        raise Invalid(name, f"{bad!r} is not a number: the column holds numbers in the reference") from error


def _edges(finite: NDArray[np.float64], distinct: NDArray[np.float64], counts: NDArray[np.int64]) -> tuple[float, ...]:
    if not len(finite):
        return ()
    points = distinct[counts >= POINT_MASS * len(finite)]
    steps = np.arange(1, QUANTILE_CELLS) / QUANTILE_CELLS
    quantiles = np.quantile(finite, steps, method="inverted_cdf")
    return tuple(float(edge) for edge in np.unique(np.concatenate([quantiles, points, np.nextafter(points, np.inf)])))


def _text_cells(name: str, values: Values) -> Cells:
    frequencies = Counter(text for text in map(_as_text, values) if text is not None)
    ranked = sorted(frequencies, key=lambda text: (-frequencies[text], text))
    tail = ranked[LARGEST_VOCABULARY:]
    is_open = len(tail) > LARGEST_TAIL
    return Cells(name, "text", values=tuple(ranked[:LARGEST_VOCABULARY]), tail=() if is_open else tuple(tail), tail_is_open=is_open)


def _numeric_finder(cells: Cells) -> Callable[[Values], Index]:
    edges, name = np.array(cells.edges), cells.name
    non_finite, missing = cells.size - 2, cells.size - 1

    def find(values: Values) -> Index:
        numbers = as_numbers(name, values)
        found: Index = np.searchsorted(edges, numbers, side="right").astype(np.int64)
        if not np.isfinite(numbers).all():
            found[np.isinf(numbers)] = non_finite
            found[np.isnan(numbers)] = missing
        return found

    return find


def _integer_finder(cells: Cells) -> Callable[[Values], Index]:
    known, name = np.array(cells.values, dtype=np.float64), cells.name
    unseen, missing = cells.size - 2, cells.size - 1

    def find(values: Values) -> Index:
        numbers = as_numbers(name, values)
        found: Index = np.minimum(np.searchsorted(known, numbers), len(known) - 1).astype(np.int64)
        found[known[found] != numbers] = unseen
        found[np.isnan(numbers)] = missing
        return found

    return find


def _text_finder(cells: Cells) -> Callable[[Values], Index]:
    other, unseen, missing = cells.size - 3, cells.size - 2, cells.size - 1
    where: dict[str | None, int] = {str(text): number for number, text in enumerate(cells.values)}
    where |= dict.fromkeys(cells.tail, other)
    where[None] = missing
    default = other if cells.tail_is_open else unseen

    def find(values: Values) -> Index:
        return np.array([where.get(_as_text(value), default) for value in values], dtype=np.int64)

    return find


def _intervals(edges: tuple[float, ...]) -> tuple[str, ...]:
    if not edges:
        return ("(-inf, inf)",)
    inner = tuple(f"{low:g}" if math.nextafter(low, math.inf) == high else f"[{low:g}, {high:g})" for low, high in pairwise(edges))
    return (f"< {edges[0]:g}", *inner, f">= {edges[-1]:g}")


def _as_text(value: Any) -> str | None:  # Any: as in Values
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.decode() if isinstance(value, bytes) else str(value)


def _is_text(values: Values) -> bool:
    if isinstance(values, np.ndarray) and values.dtype.kind != "O":
        return values.dtype.kind in "US"
    return any(isinstance(value, str | bytes) for value in values)


def _is_integer(values: Values) -> bool:
    if isinstance(values, np.ndarray) and values.dtype.kind != "O":
        return values.dtype.kind in "iub"
    return all(isinstance(value, bool | int | np.integer | np.bool_) for value in values if not _is_missing(value))


def _is_missing(value: Any) -> bool:  # Any: as in Values
    return value is None or (isinstance(value, float) and math.isnan(value))


def _is_number(value: Any) -> bool:  # Any: as in Values
    try:
        return value is None or float(value) is not None
    except (TypeError, ValueError):
        return False
