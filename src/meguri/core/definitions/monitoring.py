"""Monitors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Metric = Literal["mae", "wape", "rmse"]


@dataclass(frozen=True, slots=True)
class MonitorDefinition:
    """A monitor of one endpoint.

    `kind` "quality": realised `metric` of the last `window_seconds` of event time with mature labels against what the serving version
    reached before it was deployed. `kind` "drift": inputs and prediction of the last `window_seconds` against the reference profile.
    `tolerance`: by how much (as a share) the metric may be worse before it can be a breach. `minimum_rows`: with fewer, there is
    no verdict.
    """

    name: str
    endpoint: str
    kind: Literal["quality", "drift"]
    metric: Metric = "mae"
    window_seconds: float = 7 * 86_400.0
    tolerance: float = 0.2
    minimum_rows: int = 100
    description: str = ""
