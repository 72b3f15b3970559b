"""Triggers (when) and policies (what then)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class GateDefinition:
    """The challenger must be better than the champion: paired bootstrap by day of `metric` on rows later than the training cut-off of both.

    It passes where the share of resamples in which the challenger is better by at least `margin` (a share of the champion's metric)
    is at least `confidence`.
    """

    metric: Literal["mae", "wape", "rmse"] = "mae"
    margin: float = 0.0
    confidence: float = 0.95
    resamples: int = 2_000
    minimum_rows: int = 48


@dataclass(frozen=True, slots=True)
class PolicyDefinition:
    """What follows when a trigger fires. All durations are event time."""

    pipeline: str
    endpoint: str
    cooldown_seconds: float = 7 * 86_400.0
    timeout_seconds: float = 900.0
    gate: GateDefinition = field(default_factory=GateDefinition)
    bake_seconds: float = 3 * 86_400.0
    """Length of the first mature window after a promotion, compared with the champion before it."""
    rollback_tolerance: float = 0.1
    """Roll back when the new version's realised metric is worse than the former champion's on the same rows by more than this share."""


@dataclass(frozen=True, slots=True)
class TriggerDefinition:
    """`on` "monitor": breaches of `monitor`; `on` "schedule": every `every_seconds` of event time."""

    name: str
    on: Literal["monitor", "schedule"]
    policy: PolicyDefinition
    monitor: str | None = None
    every_seconds: float | None = None
    description: str = ""
