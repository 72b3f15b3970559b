"""A job, and what its handler is given."""

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
    """One thing to do. `subject` is the id of what it is about, `actor` who asked for it."""

    id: JobId
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
    """This process is ending. Not an Exception, so that the job is neither failed nor finished, and goes on when the server is back."""


class JobContext(Protocol):
    """What a handler is given beside the payload."""

    @property
    def id(self) -> str: ...

    @property
    def project(self) -> str: ...

    def step(self, name: str, function: Callable[[], Json]) -> Json:
        """Do a part once: its result is kept, and after a crash a part that was finished is not done again. No two parts of a job have
        the same name."""
        ...

    @property
    def is_last_try(self) -> bool:
        """Whether an Unavailable that the handler raises now ends the job; before, the handler is called again after a while."""
        ...

    def pause(self, seconds: float) -> None:
        """Wait, for as long as this process goes on. Raises Interrupted."""
        ...

    def cancelled(self) -> bool:
        """Somebody asked for the job to stop; a long handler looks from time to time."""
        ...


Handler = Callable[[JobContext, JsonObject], JsonObject | None]


class Engine(Protocol):
    """Starts jobs so that they survive a crash of this process."""

    def launch(self, run: Callable[[str, Callable[[str, Callable[[], Any]], Any]], None]) -> None:
        """Begin, and take up again what was interrupted. `run(job id, step)` does one job."""
        ...

    def start(self, id: str, attempt: int) -> None:
        """Start a job; starting the same attempt again changes nothing."""
        ...

    def resume(self, id: str, attempt: int) -> None:
        """Start a job that was interrupted, unless `launch` has taken it up already."""
        ...

    def ensure_running(self) -> None:
        """Raises Unavailable where it is not launched, or does not reach its tables."""
        ...

    def close(self) -> None: ...
