"""Triggers and bake periods, as values and rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from meguri.core.definitions.automation import TriggerDefinition
from meguri.core.ids import DeploymentId, ModelVersionId

BakeState = Literal["open", "passed", "failed", "dropped"]
AFTER_FAILURE = timedelta(days=1)
"""Cool-down (event time) after a run that failed: shorter than after one that was evaluated, and long enough to avoid a burst of runs."""

MINIMUM_BAKE_ROWS = 24
GRACE = timedelta(days=1)
"""How much later than the source's own delay the last labels of a bake period may arrive before it is evaluated without them."""


@dataclass(frozen=True, slots=True)
class Firing:
    """When a policy last started its pipeline (event time), and its state; `seen`: a schedule that counts from here."""

    trigger: str
    at: datetime
    pipeline_run: str
    status: Literal["seen", "running", "finished", "failed"]


@dataclass(frozen=True, slots=True)
class TriggerState:
    """A trigger as declared, with its last firing."""

    project: str
    definition: TriggerDefinition
    last: Firing | None


@dataclass(frozen=True, slots=True)
class BakePeriod:
    """The first window after a deployment, in event time, in which the new version is compared with the former one on the same rows."""

    id: str
    project: str
    endpoint: str
    model: str
    deployment: DeploymentId
    version: ModelVersionId
    former: ModelVersionId
    window_from: datetime
    window_to: datetime
    evaluate_from: datetime
    tolerance: float
    metric: Literal["mae", "wape", "rmse"]
    state: BakeState
    evidence: dict[str, Any] | None  # Any: JSON
    decided_at: datetime | None


def why_not(last: Firing | None, now: datetime, cooldown_seconds: float) -> str | None:
    """Why a trigger may not fire now (`running` or `cool-down until ...`); None where it may."""
    if last is None or last.status == "seen":
        return None
    if last.status == "running":
        return "running"
    wait = timedelta(seconds=cooldown_seconds)
    until = last.at + (min(wait, AFTER_FAILURE) if last.status == "failed" else wait)
    return None if now >= until else "cool-down"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions on the same rows. `worse_by`: share of the former version's metric, negative where the new one is better."""

    metric: str
    rows: int
    version: float
    former: float
    worse_by: float


def compare(metric: str, labels: NDArray[np.float64], version: NDArray[np.float64], former: NDArray[np.float64]) -> Comparison:
    """Realised metric of what was served compared with what the former version would have predicted; all of shape (rows,)."""
    now, before = _metric(metric, labels, version), _metric(metric, labels, former)
    return Comparison(metric, len(labels), now, before, now / max(before, 1e-12) - 1.0)


def _metric(metric: str, labels: NDArray[np.float64], outputs: NDArray[np.float64]) -> float:
    error = outputs - labels
    if metric == "rmse":
        return float(np.sqrt(np.mean(error * error)))
    total = float(np.abs(error).sum())
    return total / len(labels) if metric == "mae" else total / max(float(np.abs(labels).sum()), 1e-12)
