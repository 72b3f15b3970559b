"""A runner has one loaded model and predicts rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from meguri.core.definitions.models import Value

Row = Sequence[Value]


class ModelRunner(Protocol):
    """Predicts rows with one model.

    The law: the i-th output belongs to the i-th row, and a row gives the same output alone as together with others (up to the engine's
    rounding in the last digit). A runner is used by one thread at a time. Making one does everything that is slow and raises Unsupported
    (with what to do) for a model that it does not know, does not trust or cannot read; it never executes code that came with the model.
    """

    def predict(self, rows: Sequence[Row]) -> list[float]:
        """One output a row, for one row or more. A row has the model's inputs in the model's order.

        Raises Invalid for a value that the model cannot take.
        """
        ...

    def close(self) -> None: ...


LoadRunner = Callable[[bytes, str, Sequence[str]], ModelRunner]
"""Makes a runner from a model's bytes, its format (`onnx` or `skops`) and the names of its inputs in order."""
