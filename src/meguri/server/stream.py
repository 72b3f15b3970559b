"""Live updates: the ledger's events as server-sent events, one stream a page."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from meguri.access.routes import Request
from meguri.core.times import iso
from meguri.db.engine import Database
from meguri.events.service import Event, Events

BEAT_SECONDS = 15.0


class Stream:
    """Tells every open page of new events. Wakes with each commit; a page that comes back names the last event that it saw."""

    def __init__(self, db: Database, events: Events) -> None:
        self.db, self.events = db, events
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def wake(self) -> None:
        """Something was committed (called from any thread)."""
        with self._lock:
            waiting = list(self._waiting)
        for loop, woken in waiting:
            loop.call_soon_threadsafe(woken.set)

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
        woken = asyncio.Event()
        place = (asyncio.get_running_loop(), woken)
        with self._lock:
            self._waiting.add(place)
        try:
            yield b"retry: 2000\n\n"
            while not self._closed:
                woken.clear()
                found = await run_in_threadpool(self._after, project, after)
                for event in found:
                    after = event.sequence
                    yield _message(event)
                if found:
                    continue
                try:
                    await asyncio.wait_for(woken.wait(), BEAT_SECONDS)
                except TimeoutError:
                    yield b": still here\n\n"
        finally:
            with self._lock:
                self._waiting.discard(place)

    def _after(self, project: str | None, sequence: int) -> list[Event]:
        with self.db.read() as tx:
            return self.events.list(tx, project=project, after=sequence, limit=500)

    def _newest(self) -> int:
        with self.db.read() as tx:
            newest = self.events.list(tx, limit=1, newest_first=True)
        return newest[0].sequence if newest else 0


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
