"""Bodies and answers of tracking's REST."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from meguri.core.json import JsonObject
from meguri.core.points import WirePoint, WireValue
from meguri.tracking.model import Artifact, Kind, Line, Status, Value


@dataclass(frozen=True, slots=True)
class NewExperiment:
    """An experiment to create."""

    name: str


@dataclass(frozen=True, slots=True)
class ExperimentSummary:
    """An experiment with the number of its runs."""

    id: str
    project: str
    name: str
    created_at: datetime
    runs: int


@dataclass(frozen=True, slots=True)
class NewRun:
    """`id` makes a resend harmless. `texts` become artifacts of the run."""

    experiment: str = "default"
    name: str = ""
    id: str | None = None
    kind: Kind = "run"
    params: dict[str, Value] = field(default_factory=dict)
    tags: dict[str, Value] = field(default_factory=dict)
    environment: JsonObject = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class RunChange:
    """`status` ends the run; `heartbeat` is a sign of life."""

    status: Status | None = None
    error: str | None = None
    name: str | None = None
    heartbeat: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """`points`: arrays `[key, step, value, at]`, `at` in microseconds since 1970; NaN and infinities as text. With `writer`, the points
    are numbered from `first`, and what that writer has sent before is dropped."""

    points: list[WirePoint]
    writer: str | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of console output, numbered by their writer from `first`."""

    lines: list[str]
    writer: str
    first: int


@dataclass(frozen=True, slots=True)
class Added:
    """How many were new."""

    added: int


@dataclass(frozen=True, slots=True)
class LastPoint:
    """The last point of a metric. `value`: NaN and infinities as text."""

    step: int
    value: WireValue
    at: datetime


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in a list. `is_lost`: it says that it runs, but its client has been silent."""

    id: str
    project: str
    experiment: str
    name: str
    kind: Kind
    status: Status
    is_lost: bool
    started_at: datetime
    finished_at: datetime | None
    duration_seconds: float
    error: str | None
    params: dict[str, Value]
    tags: dict[str, Value]
    metrics: dict[str, LastPoint]


@dataclass(frozen=True, slots=True)
class RunDetails:
    """A run with everything that is known of it."""

    run: RunSummary
    environment: JsonObject
    artifacts: list[Artifact]
    parent: str | None
    children: list[str]


@dataclass(frozen=True, slots=True)
class Series:
    """A series for a chart, as columns: `first_step`, `step` (the last of each bucket), `count`, `min`, `max` (null where all are NaN),
    `last`, and `at` in microseconds since 1970. A stretch of steps without points has no bucket."""

    key: str
    first_step: list[int]
    step: list[int]
    count: list[int]
    min: list[WireValue | None]
    max: list[WireValue | None]
    last: list[WireValue]
    at: list[int]


@dataclass(frozen=True, slots=True)
class History:
    """All points, as arrays `[key, step, value, at]`; `next` is the `after` of the next page."""

    points: list[WirePoint]
    next: int | None


@dataclass(frozen=True, slots=True)
class Console:
    """Lines of console output; `next` is the `after` of the next call."""

    lines: list[Line]
    next: int
