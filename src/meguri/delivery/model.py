"""A promotion: a challenger that wants to be champion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from meguri.core.definitions.automation import GateDefinition
from meguri.core.ids import ModelVersionId, PromotionId

Status = Literal["open", "approved", "rejected"]


@dataclass(frozen=True, slots=True)
class Promotion:
    """`champion`: the version to beat, None for the first one, which must beat a constant prediction (the mean of its training labels).

    `until`: event time up to which the judge may know the world. `verdict`: the gate's evidence (see `delivery.gate.Verdict`).
    """

    id: PromotionId
    project: str
    endpoint: str
    model: str
    challenger: ModelVersionId
    champion: ModelVersionId | None
    status: Status
    gate: GateDefinition
    until: datetime
    verdict: dict[str, Any] | None  # Any: JSON
    opened_at: datetime
    decided_at: datetime | None
