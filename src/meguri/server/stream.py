"""Live updates: the ledger's events as server-sent events, one stream for each page that is open in a browser.

A page reads it by `fetch` with its Authorization header. A stream carries only events of projects that its caller may see; that is looked
up anew before each message, so a role that is taken away or a session that ends has its effect at once.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from meguri.access.model import Principal
from meguri.access.routes import Request
from meguri.core.errors import LimitExceeded, Unauthenticated
from meguri.core.times import iso
from meguri.db.engine import Database
from meguri.events.service import INSTALLATION, Event, Events
from meguri.server.commits import Commits, Waiter

QUIET_SECONDS = 15.0
"""After so long without a message a comment is sent, which keeps proxies from closing the connection."""
POINTS_SECONDS = 1.0
STREAMS = 20
"""A user may have so many open."""
RETRY_SECONDS = 10.0
GAP_SECONDS = 10.0
"""On PostgreSQL a lower number may be committed after a higher one. A gap is waited for so long; then it was a transaction that failed."""


class Stream:
    """Sends new events to every open stream. It wakes with each commit; a page that comes back names the last event that it saw."""

    def __init__(self, db: Database, events: Events, commits: Commits) -> None:
        self.db, self.events, self.commits = db, events, commits
        self._open: set[_Subscriber] = set()
        self._streams: Counter[str] = Counter()
        self._lock = threading.Lock()

    def points(self, project: str, run: str) -> None:
        """A run has new points (called from any thread): streams carry that at most once a second, as `event: points`."""
        with self._lock:
            subscribers = list(self._open)
        for each in subscribers:
            each.add_run(project, run)

    def close(self) -> None:
        """End every open stream and every long poll, so that the server can stop."""
        self.commits.close()

    async def answer(self, request: Request) -> Response:
        """`GET /api/v1/stream?project=&after=`; the header Last-Event-ID comes before `after`. Raises NotFound, LimitExceeded."""
        project: str | None = request.query.get("project")
        if project is not None:
            request.principal.ensure("events:read", project)
        last = request.headers.get("last-event-id", "")
        after = int(last) if last.isascii() and last.isdecimal() else request.query.get("after")
        if after is None:
            after = await run_in_threadpool(self._newest)
        user = request.principal.user
        if self._streams[user] >= STREAMS:
            raise LimitExceeded(f"{STREAMS} open streams of one user", RETRY_SECONDS)
        self._streams[user] += 1
        return _StreamAnswer(self._messages(request, project, int(after)), lambda: self._streams.subtract([user]))

    async def _messages(self, request: Request, project: str | None, after: int) -> AsyncIterator[bytes]:
        with self.commits.waiter() as waiter:
            subscriber = _Subscriber(waiter, project)
            with self._lock:
                self._open.add(subscriber)
            try:
                yield b"retry: 2000\n\n"
                while not self.commits.is_closed:
                    caller, found, waits = await run_in_threadpool(self._look, request, after)
                    if (message := subscriber.take_runs(caller)) is not None:
                        yield message
                    for event in found:
                        after = event.sequence
                        if project in (None, event.project) and _may_see(caller, event):
                            yield _message(event)
                    if found:
                        continue
                    soon = waits or subscriber.has_runs
                    if not await waiter.wait(POINTS_SECONDS if soon else QUIET_SECONDS) and not soon:
                        yield b": still here\n\n"
            except Unauthenticated:  # the session ended, or the token was revoked: the page that comes back is answered 401
                return
            finally:
                with self._lock:
                    self._open.discard(subscriber)

    def _look(self, request: Request, after: int) -> tuple[Principal, list[Event], bool]:
        return request.authenticate(), *self.after(after)

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


class _StreamAnswer(StreamingResponse):
    """Calls `ended` when the stream has ended, for whatever reason."""

    def __init__(self, messages: AsyncIterator[bytes], ended: Callable[[], None]) -> None:
        super().__init__(messages, media_type="text/event-stream", headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ended()


class _Subscriber:
    """One open stream, and the runs with new points that it has not been sent yet."""

    def __init__(self, waiter: Waiter, project: str | None) -> None:
        self._waiter, self._project = waiter, project
        self._runs: set[tuple[str, str]] = set()
        self._sent_at = 0.0

    @property
    def has_runs(self) -> bool:
        return bool(self._runs)

    def add_run(self, project: str, run: str) -> None:
        if self._project in (None, project):
            self._runs.add((project, run))
            self._waiter.wake()

    def take_runs(self, caller: Principal) -> bytes | None:
        """The message about new points; None where there are none, or where the last one was less than a second ago."""
        now = self._waiter.now()
        if not self._runs or now - self._sent_at < POINTS_SECONDS:
            return None
        taken, self._runs, self._sent_at = self._runs, set(), now
        runs = sorted(run for project, run in taken if caller.may("runs:read", project))
        return b"event: points\ndata: %s\n\n" % msgspec.json.encode({"runs": runs}) if runs else None


def _may_see(caller: Principal, event: Event) -> bool:
    if event.project == INSTALLATION:
        return caller.may("audit:admin", None)
    return caller.may("events:read", event.project)


def _message(event: Event) -> bytes:
    body = {
        "sequence": event.sequence,
        "kind": event.kind,
        "project": event.project,
        "subject": event.subject,
        "actor": event.actor,
        "payload": event.payload,
        "at": iso(event.at),
        "event_at": None if event.event_at is None else iso(event.event_at),
    }
    return b"event: ledger\nid: %d\ndata: %s\n\n" % (event.sequence, msgspec.json.encode(body))
