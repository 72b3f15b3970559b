"""Whether the server lives, and whether it can work: each part that it needs is tried."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from sqlalchemy import text
from starlette.responses import Response

from meguri.access.routes import OPEN, Request, Route
from meguri.app.build import Platform
from meguri.app.periodic import PeriodicTask
from meguri.app.supervisor import Supervisor
from meguri.core.errors import MeguriError, Unavailable
from meguri.db.engine import Database

CHECK_SECONDS = 5.0
"""A part that does not answer for so long is not ready."""
KEPT_SECONDS = 1.0
"""An answer is given again for so long: anybody may ask, and each check costs a write."""
FREE_BYTES = 100 << 20
"""Less free space than this is too little: the next snapshot or model may not fit."""


@dataclass(frozen=True, slots=True)
class Health:
    """The process answers."""

    status: str
    version: str


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that the server needs. `detail`: what is wrong; empty where it works."""

    name: str
    ready: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """`ready` where every part is."""

    ready: bool
    version: str
    parts: list[Part]


class HealthRoutes:
    """`/health` for restarting a process that hangs, `/ready` for sending it no work. Both need no token; with one,
    `/ready` says why."""

    def __init__(self, checks: Mapping[str, Callable[[], None]], version: str) -> None:
        """`checks`: by name, each raises MeguriError or OSError where its part does not work."""
        self._checks, self._version = checks, version
        self._threads = ThreadPoolExecutor(len(checks), "meguri-ready")
        self._turn = threading.Lock()
        self._asked: dict[str, Future[None]] = {}
        self._known: tuple[float, Readiness] | None = None

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/health", OPEN, self.health, "Whether the server lives", answer=Health),
            Route("GET", "/ready", OPEN, self.ready, "Whether the server can work (503 where a part of it does not)", answer=Readiness),
        ]

    async def health(self, _request: Request) -> Health:
        return Health("ok", self._version)

    def ready(self, request: Request) -> Response:
        found = self.look()
        try:
            request.authenticate()
        except MeguriError:  # unknown callers see which part, not its addresses and paths
            parts = [replace(part, detail="" if part.ready else "send a token to see why") for part in found.parts]
            found = replace(found, parts=parts)
        return Response(msgspec.json.encode(found), 200 if found.ready else 503, media_type="application/json")

    def look(self) -> Readiness:
        """Try every part, at most once in KEPT_SECONDS."""
        with self._turn:
            if self._known is None or time.monotonic() - self._known[0] > KEPT_SECONDS:
                self._known = time.monotonic(), self._look()
            return self._known[1]

    def _look(self) -> Readiness:
        for name, check in self._checks.items():
            if name not in self._asked:  # one that still waits is not asked a second time
                self._asked[name] = self._threads.submit(check)
        until = time.monotonic() + CHECK_SECONDS
        parts = []
        for name, answer in list(self._asked.items()):
            detail = ""
            try:
                answer.result(max(0.0, until - time.monotonic()))
            except TimeoutError:
                detail = f"no answer within {CHECK_SECONDS:g} s"
            except MeguriError as error:
                detail = error.message
            except OSError as error:
                detail = error.strerror or type(error).__name__
            if answer.done():
                del self._asked[name]
            parts.append(Part(name, not detail, detail))
        return Readiness(all(part.ready for part in parts), self._version, parts)


def checks_of(platform: Platform) -> dict[str, Callable[[], None]]:
    """What a platform needs to work."""
    home = platform.home.path
    return {
        "database": lambda: _check_database(platform.db),
        "storage": lambda: _check_storage(home),
        "disk": lambda: check_space(home),
        "jobs": lambda: _check_jobs(platform.jobs.ensure_running, platform.tasks),
        "children": lambda: _check_children(platform.supervisor),
    }


def check_space(home: Path) -> None:
    """Raises Unavailable where the disk of the home is almost full."""
    free = shutil.disk_usage(home).free
    if free < FREE_BYTES:
        raise Unavailable("disk", f"{free >> 20} MiB are free, fewer than {FREE_BYTES >> 20}: free some space")


def _check_database(db: Database) -> None:
    with db.read() as tx:
        tx.execute(text("SELECT 1"))


def _check_storage(home: Path) -> None:
    file = home / "work" / f"ready.{os.getpid()}"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("wb") as stream:
            stream.write(bytes(4_096))
            stream.flush()
            os.fsync(stream.fileno())
    finally:
        file.unlink(missing_ok=True)


def _check_jobs(ensure_running: Callable[[], None], tasks: Sequence[PeriodicTask]) -> None:
    ensure_running()
    for task in tasks:
        task.ensure_running()


def _check_children(supervisor: Supervisor) -> None:
    wrong = [each for each in supervisor.states() if each.state != "ready"]
    if wrong:
        ended = ", ".join(
            f"{each.name} is {each.state}" + ("" if each.last_exit is None else f" (ended: {each.last_exit})") for each in wrong
        )
        raise Unavailable("child process", ended)
