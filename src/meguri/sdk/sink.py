"""Where the records of a run go: to a server, by way of a file; or, in a step of a pipeline, into the step's result."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from meguri.core.errors import MeguriError, Unavailable
from meguri.core.ids import new_id
from meguri.core.json import JsonObject
from meguri.core.points import WirePoint
from meguri.core.retries import retrying
from meguri.sdk.buffer import Buffer
from meguri.sdk.client import Client
from meguri.sdk.spool import Header, Kind, Record, Spool
from meguri.sdk.sync import send, sync

logger = logging.getLogger("meguri")

UPLOAD_SECONDS = 60.0


class RunSink(Protocol):
    """Takes what is logged to one run, from any thread."""

    @property
    def ends(self) -> bool:
        """Whether `Run.finish` and `Run.detach` end the logging; False where the sink's owner does."""
        ...

    def add_points(self, points: list[WirePoint]) -> None: ...

    def add_lines(self, lines: list[str]) -> None: ...

    def add(self, kind: Kind, content: Any) -> None:  # Any: as in Record
        ...

    def upload(self, name: str, file: Path, kind: str) -> JsonObject:
        """Save a file as an artifact, and return it as the server has it. Raises Unavailable, Unsupported."""
        ...

    def flush(self, timeout_seconds: float) -> bool:
        """Wait until everything so far was sent; False when that took too long."""
        ...

    def finish(self, status: str, error: str | None, timeout_seconds: float) -> None:
        """Send what is left and the end of the run."""
        ...

    def detach(self, timeout_seconds: float) -> None:
        """Send what is left."""
        ...

    def after_fork(self) -> None:
        """Called in a forked process before anything is added."""
        ...


class ServerSink:
    """Sends to a server from a background thread. Records are in a file before a method returns; the client is closed at the end.

    `finishes`: whether `finish` ends the run on the server. In a forked process records are kept in a file of their own, which the first
    process sends before it finishes the run.
    """

    ends = True

    def __init__(self, run: str, client: Client, *, finishes: bool) -> None:
        self._run, self._client, self._finishes = run, client, finishes
        self._is_forked = False
        self._buffer: Buffer | None = self._make_buffer()

    def add_points(self, points: list[WirePoint]) -> None:
        self._ensure_buffer().add_points(points)

    def add_lines(self, lines: list[str]) -> None:
        self._ensure_buffer().add_lines(lines)

    def add(self, kind: Kind, content: Any) -> None:  # Any: as in Record
        self._ensure_buffer().add(kind, content)

    def upload(self, name: str, file: Path, kind: str) -> JsonObject:
        return retrying(Unavailable, within_seconds=UPLOAD_SECONDS)(self._client.runs.upload, self._run, name, file, kind)

    def flush(self, timeout_seconds: float) -> bool:
        return self._ensure_buffer().drain(timeout_seconds)

    def finish(self, status: str, error: str | None, timeout_seconds: float) -> None:
        with suppress(MeguriError):
            sync(self._client, run=self._run)  # what forked processes have logged belongs before the end
        if self._finishes and self._buffer is not None:
            self._buffer.add("end", [status, error])
        self.detach(timeout_seconds)

    def detach(self, timeout_seconds: float) -> None:
        if self._buffer is not None:
            self._buffer.drain(timeout_seconds)
            left = self._buffer.close()
            if left and not self._is_forked:
                logger.warning(
                    "meguri: %d records of %s wait in %s; the next init() or meguri.sync() sends them", left, self._run, self._folder
                )
            if self._buffer.dropped:
                logger.error("meguri: %d records of %s were lost: disk and memory were full", self._buffer.dropped, self._run)
        self._client.close()

    def after_fork(self) -> None:
        if self._buffer is not None:
            self._buffer.abandon()
        self._buffer, self._is_forked, self._finishes = None, True, False

    @property
    def _folder(self) -> Path:
        return self._client.connection.target.home / "spool"

    def _ensure_buffer(self) -> Buffer:
        if self._buffer is None:
            self._buffer = self._make_buffer()
        return self._buffer

    def _make_buffer(self) -> Buffer:
        header = Header(self._run, new_id("w"), self._client.connection.target.url)
        spool = None
        try:
            spool = Spool.create(self._folder, header)
        except OSError as error:
            logger.warning("meguri: %s cannot be written (%s): what is logged waits in memory only", self._folder, error.strerror)

        def send_one(record: Record) -> None:
            send(self._client, header, record)

        def heartbeat() -> None:
            self._client.patch(f"/api/v1/runs/{self._run}", {"heartbeat": True})

        return Buffer(send_one, heartbeat, spool, sends=not self._is_forked)
