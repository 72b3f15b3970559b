"""Jobs, and the interfaces of their handlers and their engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from meguri.core.ids import JobId
from meguri.core.json import Json, JsonObject

State = Literal["queued", "running", "done", "failed", "cancelled"]
LIVE: tuple[State, ...] = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Job:
    """One unit of work. `sequence` grows with each; `subject`: the id of what it is about; `actor`: who enqueued it."""

    id: JobId
    sequence: int
    kind: str
    project: str
    subject: str
    payload: JsonObject
    state: State
    result: JsonObject | None
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    actor: str


class Interrupted(BaseException):
    """This process ends. It is no Exception, so the job neither fails nor finishes, and is continued when the server is started again."""


class JobContext(Protocol):
    """What a handler gets beside the payload."""

    @property
    def id(self) -> str: ...

    @property
    def project(self) -> str: ...

    def step(self, name: str, function: Callable[[], Json]) -> Json:
        """Call a function and keep its result: after a crash it is not called again. Names are unique within a job."""
        ...

    @property
    def is_last_try(self) -> bool:
        """Whether an Unavailable that the handler raises now fails the job; before that, the handler is called again after a pause."""
        ...

    def pause(self, seconds: float) -> None:
        """Wait. Raises Interrupted when this process ends meanwhile."""
        ...

    def cancelled(self) -> bool:
        """Whether the job was cancelled; a long handler asks from time to time."""
        ...


Handler = Callable[[JobContext, JsonObject], JsonObject | None]


class Engine(Protocol):
    """Starts jobs so that they survive a crash of this process."""

    def launch(self, run: Callable[[str, Callable[[str, Callable[[], Any]], Any]], None]) -> None:
        """Begin, and continue what was interrupted. `run(job id, step)` does one job."""
        ...

    def start(self, id: str, attempt: int) -> None:
        """Start a job; starting the same attempt again changes nothing."""
        ...

    def resume(self, id: str, attempt: int) -> None:
        """Start a job that was interrupted, unless `launch` has continued it already."""
        ...

    def ensure_running(self) -> None:
        """Raises Unavailable where it is not launched, or does not reach its tables."""
        ...

    def close(self) -> None: ...
