"""Live updates: the ledger's events as server-sent events, one stream a page."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from meguri.access.routes import Request
from meguri.core.times import iso
from meguri.db.engine import Database
from meguri.events.service import Event, Events

BEAT_SECONDS = 15.0
POINTS_SECONDS = 1.0
GAP_SECONDS = 10.0
"""On PostgreSQL a lower number may be committed after a higher one. A gap is waited for so long; then it was a transaction that failed."""


class Stream:
    """Tells every open page of new events. Wakes with each commit; a page that comes back names the last event that it saw."""

    def __init__(self, db: Database, events: Events) -> None:
        self.db, self.events = db, events
        self._pages: set[_Subscriber] = set()
        self._lock = threading.Lock()
        self._closed = False

    def wake(self) -> None:
        """Something was committed (called from any thread)."""
        with self._lock:
            pages = list(self._pages)
        for page in pages:
            page.wake()

    def points(self, run: str) -> None:
        """A run has new points (called from any thread): pages hear of it at most once a second, as `event: points`."""
        with self._lock:
            pages = list(self._pages)
        for page in pages:
            page.runs.add(run)
            page.wake()

    def close(self) -> None:
        """End every open stream, so that the server can stop."""
        self._closed = True
        self.wake()

    async def answer(self, request: Request) -> Response:
        """`GET /api/v1/stream?project=&after=`; the header Last-Event-ID wins over `after`."""
        project: str | None = request.query.get("project")
        last = request.headers.get("last-event-id", "")
        after = int(last) if last.isdigit() else request.query.get("after")
        if after is None:
            after = await run_in_threadpool(self._newest)
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._messages(project, int(after)), media_type="text/event-stream", headers=headers)

    async def _messages(self, project: str | None, after: int) -> AsyncIterator[bytes]:
        page = _Subscriber(asyncio.get_running_loop())
        with self._lock:
            self._pages.add(page)
        try:
            yield b"retry: 2000\n\n"
            while not self._closed:
                page.woken.clear()
                if (told := page.take_runs()) is not None:
                    yield told
                found, waits = await run_in_threadpool(self.after, after)
                for event in found:
                    after = event.sequence
                    if project in (None, event.project):
                        yield _message(event)
                if found:
                    continue
                soon = waits or bool(page.runs)
                try:
                    await asyncio.wait_for(page.woken.wait(), POINTS_SECONDS if soon else BEAT_SECONDS)
                except TimeoutError:
                    if not soon:
                        yield b": still here\n\n"
        finally:
            with self._lock:
                self._pages.discard(page)

    def after(self, sequence: int) -> tuple[list[Event], bool]:
        """The events of all projects after a number, up to the first gap that may yet be filled, and whether there is one."""
        with self.db.read() as tx:
            found = self.events.list(tx, after=sequence, limit=500)
        if self.db.dialect == "sqlite":  # its writers take turns
            return found, False
        before, now = sequence, self.events.clock()
        for place, event in enumerate(found):
            if event.sequence != before + 1 and (now - event.at).total_seconds() < GAP_SECONDS:
                return found[:place], True
            before = event.sequence
        return found, False

    def _newest(self) -> int:
        with self.db.read() as tx:
            newest = self.events.list(tx, limit=1, newest_first=True)
        return newest[0].sequence if newest else 0


class _Subscriber:
    """One open stream. `runs`: those with new points that it was not told of yet."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.woken, self.runs = asyncio.Event(), set[str]()
        self._loop, self._told_at = loop, 0.0

    def wake(self) -> None:
        with suppress(RuntimeError):  # the loop has ended, and what was committed must not seem to have failed
            self._loop.call_soon_threadsafe(self.woken.set)

    def take_runs(self) -> bytes | None:
        """The message about new points; None where there are none, or where the last one was less than a second ago."""
        now = self._loop.time()
        if not self.runs or now - self._told_at < POINTS_SECONDS:
            return None
        runs, self.runs, self._told_at = self.runs, set(), now
        return b"event: points\ndata: %s\n\n" % msgspec.json.encode({"runs": sorted(runs)})


def _message(event: Event) -> bytes:
    body = {
        "sequence": event.sequence,
        "kind": event.kind,
        "project": event.project,
        "subject": event.subject,
        "payload": event.payload,
        "at": iso(event.at),
        "event_at": None if event.event_at is None else iso(event.event_at),
    }
    return b"event: ledger\nid: %d\ndata: %s\n\n" % (event.sequence, msgspec.json.encode(body))
