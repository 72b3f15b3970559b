"""A promotion: a challenger that wants to be champion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from meguri.core.definitions.automation import GateDefinition
from meguri.core.ids import ModelVersionId, PromotionId
from meguri.delivery.gate import Verdict

Status = Literal["open", "approved", "rejected"]


@dataclass(frozen=True, slots=True)
class Promotion:
    """A request to make a version champion.

    `champion`: the version to compare with; None for the first one, which must be better than predicting the mean of its training labels.

    `until`: event time up to which rows are used. `verdict`: what the gate found; None while it is open.
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
    verdict: Verdict | None
    opened_at: datetime
    decided_at: datetime | None
