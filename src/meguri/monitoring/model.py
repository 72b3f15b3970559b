"""Checks and alerts, and the rule by which a check opens or resolves an alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from meguri.core.definitions.monitoring import Metric, MonitorDefinition

Signal = Literal["quality", "drift"]
Verdict = Literal["ok", "near", "breach", "none"]
"""`near`: no breach, but above 70 % of the threshold; `none`: not enough data."""

CLEAR_SHARE = 0.7
"""A check below this share of what a breach needs is clear; an alert is resolved by `CLEAR_CHECKS` of them in a row."""
CLEAR_CHECKS = 3
RECENT_CHECKS, NEEDED_BREACHES = 3, 2
"""Drift opens an alert when it was found in 2 of the last 3 checks."""


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a monitor at the beginning of event day `at`, computed from everything before it.

    quality: `value`, `expected` and `threshold` are the metric in the window, of the reference days, and what it may be; `score` is the
    significance as a normal value. drift: `value` and `threshold` are the corrected PSI and threshold of the column with the largest drift;
    `score` is their ratio. `rows`: labelled rows (quality) or predictions (drift) in the window.
    """

    monitor: str
    endpoint: str
    kind: Signal
    at: datetime
    day: int
    version: str | None
    verdict: Verdict
    value: float | None
    expected: float | None
    threshold: float | None
    score: float
    rows: int
    evidence: dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Alert:
    """An incident of one monitor and one version; open until `resolved_at`. Times are event time."""

    id: str
    project: str
    monitor: str
    endpoint: str
    signal: Signal
    version: str
    opened_at: datetime
    resolved_at: datetime | None
    resolution: str | None
    evidence: dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """The part of an open alert that a decision needs."""

    version: str
    told_day: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a check: resolve the open alert (with a reason), open one, emit the breach."""

    resolve: str | None = None
    open: bool = False
    notify: bool = False


def decide(signal: Signal, alert: OpenAlert | None, checks: Sequence[Check], *, every_days: int) -> Decision:
    """`checks`: the latest ones, ascending, the last of which is new. A breach that lasts is emitted again every `every_days`."""
    now = checks[-1]
    resolve = None
    if alert is not None and now.version is not None and now.version != alert.version and not now.evidence.get("against"):
        alert, resolve = None, "version_replaced" if signal == "drift" else "version_retrained"
    mine = [each for each in checks if each.version == now.version]
    if alert is None:
        opens = now.verdict == "breach" and (signal == "quality" or _breaches(mine) >= NEEDED_BREACHES)
        return Decision(resolve, opens, opens)
    if len(mine) >= CLEAR_CHECKS and all(each.verdict == "ok" for each in mine[-CLEAR_CHECKS:]):
        return Decision(resolve="recovered")
    return Decision(notify=now.verdict == "breach" and now.day - alert.told_day >= every_days)


def _breaches(checks: Sequence[Check]) -> int:
    return sum(each.verdict == "breach" for each in checks[-RECENT_CHECKS:])


@dataclass(frozen=True, slots=True)
class MonitorState:
    """A monitor as declared, with its latest check and its open alert."""

    definition: MonitorDefinition
    last: Check | None
    alert: Alert | None


@dataclass(frozen=True, slots=True)
class VersionQuality:
    """Labelled rows of one version on one event day."""

    version: str
    predictions: int
    labelled: int
    metrics: dict[Metric, float | None]


@dataclass(frozen=True, slots=True)
class DayQuality:
    """One event day of an endpoint. `mature`: at least 95 % of the expected labels have arrived, so the metrics are nearly final."""

    day: int
    at: datetime
    predictions: int
    labelled: int
    mature: bool
    metrics: dict[Metric, float | None]
    versions: tuple[VersionQuality, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Labels of an endpoint. `expected`: share of predictions that ever get one, of days at least 30 days old (1 before there are some)."""

    predictions: int
    labelled: int
    pending: int
    corrected: int
    repeated: int
    expected: float


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """A prediction with its label. `inputs` in the model's order."""

    id: str
    event_at: datetime
    version: str
    output: float
    label: float
    inputs: list[Any]  # Any: numbers and strings


@dataclass(frozen=True, slots=True)
class KnownLabel:
    """A label that has arrived. `joined`: its prediction has arrived too."""

    prediction_id: str
    value: float
    labelled_at: datetime
    joined: bool


@dataclass(frozen=True, slots=True)
class ColumnSeries:
    """Corrected PSI of one column by check, and its thresholds; None where there was no verdict."""

    name: str
    psi: list[float | None]
    thresholds: list[float | None]
    moved: list[bool]


@dataclass(frozen=True, slots=True)
class DriftMatrix:
    """Columns by checks of a drift monitor; `at` are the beginnings of the days of the checks."""

    monitor: str | None
    at: list[datetime]
    columns: list[ColumnSeries]
