"""What a model takes and answers, as the registry keeps it and an endpoint uses it."""

from __future__ import annotations

from dataclasses import dataclass

from meguri.core.definitions.features import DType

Value = float | int | str | bool | None
"""One input of a model; None is a missing value, which a numeric model sees as NaN."""


@dataclass(frozen=True, slots=True)
class ModelInput:
    """One input of a model."""

    name: str
    dtype: DType


@dataclass(frozen=True, slots=True)
class GoldenRow:
    """Inputs (in the model's order) and what the model answered when it was registered; None where only an answer is asked for."""

    inputs: tuple[Value, ...]
    output: float | None = None
