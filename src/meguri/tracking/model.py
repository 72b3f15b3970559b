"""Runs and what belongs to them, with the rules that hold for them alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args
from urllib.parse import unquote

from meguri.core.errors import Invalid, RunFinished
from meguri.core.ids import ArtifactId, Digest, ExperimentId, RunId
from meguri.core.points import Point, wire_value

Kind = Literal["run", "step"]
Status = Literal["running", "finished", "failed", "killed"]
Value = str | int | float | bool | None
"""What a parameter or a tag holds."""

LOST_AFTER = timedelta(seconds=90)
"""A running run whose client has been silent for so long is shown as lost. Clients give a sign of life every 20 s."""

NAME_LIMIT = 250
TEXT_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Experiment:
    """Runs that belong together, by a name that is unique in its project."""

    id: ExperimentId
    project: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of somebody's code; `kind` "step": a step of a pipeline run.

    `environment`: what was found of git, command, Python, hardware and host when it began.
    """

    id: RunId
    project: str
    experiment: str
    name: str
    kind: Kind
    status: Status
    started_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    error: str | None
    environment: dict[str, Any]  # Any: JSON

    def ensure_live(self) -> None:
        """Raises RunFinished."""
        if self.status != "running":
            raise RunFinished(self.id)

    def end(self, status: Status, at: datetime, error: str | None = None) -> Run:
        """This run, ended. A clock that went backwards never makes it end before it began. Raises RunFinished, Invalid."""
        self.ensure_live()
        if status == "running" or status not in get_args(Status):
            raise Invalid("status", f"{status!r} does not end a run: it ends finished, failed or killed")
        return replace(self, status=status, finished_at=max(at, self.started_at), error=None if error is None else error[:TEXT_LIMIT])

    def is_lost(self, now: datetime) -> bool:
        """Whether its client has fallen silent. A step is watched by its pipeline run instead."""
        return self.status == "running" and self.kind == "run" and now - self.heartbeat_at > LOST_AFTER

    def seconds(self, now: datetime) -> float:
        """How long it took, or has taken so far."""
        return max(0.0, ((self.finished_at or now) - self.started_at).total_seconds())


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run with its parameters, its tags and the last point of each metric."""

    run: Run
    params: dict[str, Value]
    tags: dict[str, Value]
    metrics: dict[str, Point]


@dataclass(frozen=True, slots=True)
class Artifact:
    """A named file of a run. `size` in bytes."""

    id: ArtifactId
    run: RunId
    name: str
    blob: Digest
    kind: str
    size: int
    media_type: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A line of console output; `position` grows over the lines of a run in the order in which they arrived."""

    position: int
    text: str


def ensure_name(name: str, field: str) -> str:
    """A text that can name an experiment, a run, a parameter or a tag. Raises Invalid."""
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise Invalid(field, f"{name[:40]!r} cannot be a name: write 1 to {NAME_LIMIT} printable characters")
    return name


def ensure_artifact_name(name: str) -> str:
    """A relative path with `/`, safe to write below a folder on any system. Raises Invalid, also for disguised forms such as `%2e%2e`."""
    plain, seen = name, ""
    while plain != seen:
        plain, seen = unquote(plain), plain
    parts = plain.split("/")
    wrong = (
        not name
        or len(name) > 500
        or not plain.isprintable()
        or "\\" in plain
        or any(part in ("", ".", "..") for part in parts)
        or re.match(r"[A-Za-z]:", plain) is not None
    )
    if wrong:
        why = "cannot name an artifact: write a relative path such as plots/loss.png, without '..' or '\\'"
        raise Invalid("artifact", f"{name[:80]!r} {why}")
    return name


def checked_values(values: Mapping[str, Value], field: str) -> dict[str, Value]:
    """Parameters or tags as they are kept; NaN and infinities as text. Raises Invalid."""
    kept: dict[str, Value] = {}
    for key, value in values.items():
        if isinstance(value, str) and len(value) > TEXT_LIMIT:
            raise Invalid(field, f"the value of {key!r} is longer than {TEXT_LIMIT} characters: save it as an artifact")
        if isinstance(value, str) and "\0" in value:
            raise Invalid(field, f"the value of {key!r} holds a NUL character: save it as an artifact")
        kept[ensure_name(key, field)] = wire_value(value) if isinstance(value, float) else value
    return kept
