"""Who did what, when: the events with their actors, filtered, in pages or as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from starlette.responses import Response, StreamingResponse

from meguri.access.routes import ListPage, Request, Route, limit_of
from meguri.core.errors import Invalid
from meguri.core.times import iso, parse_time
from meguri.db.engine import Database
from meguri.events.service import Event, Events

EXPORT_PAGE = 1_000
COLUMNS = ("sequence", "at", "actor", "kind", "project", "subject", "event_at", "payload")
QUERY: dict[str, type] = {
    "actor": str, "kind": list, "subject": str, "since": str, "until": str, "cursor": str, "limit": int, "format": str,
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class AuditRoutes:
    """`GET /api/v1/audit` for administrators of the installation, and the same of one project for its admins."""

    def __init__(self, db: Database, events: Events) -> None:
        self.db, self.events = db, events

    def routes(self) -> list[Route]:
        about = "Events with their actors, the newest first (format=csv or jsonl: all of them as a file)"
        page = ListPage[Event]
        return [
            Route("GET", "/api/v1/audit", "audit:admin", self.all, about, answer=page, query={"project": str, **QUERY}),
            Route("GET", "/api/v1/projects/{project}/audit", "audit:admin", self.of_project, about, answer=page, query=QUERY),
        ]

    def all(self, request: Request) -> ListPage[Event] | Response:
        return self._answer(request, request.query.get("project"))

    def of_project(self, request: Request) -> ListPage[Event] | Response:
        return self._answer(request, request.path["project"])

    def _answer(self, request: Request, project: str | None) -> ListPage[Event] | Response:
        query = request.query
        wanted: dict[str, Any] = {  # Any: arguments of Events.list
            "project": project,
            "actor": query.get("actor"),
            "kinds": query.get("kind") or None,
            "subject": query.get("subject"),
            "since": _moment(query.get("since"), "since"),
            "until": _moment(query.get("until"), "until"),
        }
        kind = query.get("format", "json")
        if kind == "csv":
            return _file(_csv(self._pages(wanted)), "text/csv; charset=utf-8", "audit.csv")
        if kind == "jsonl":
            return _file(_json_lines(self._pages(wanted)), "application/x-ndjson", "audit.jsonl")
        if kind != "json":
            raise Invalid("format", f"{kind[:80]!r} is not known: ask for json, csv or jsonl")
        limit, cursor = limit_of(request), query.get("cursor", "")
        if cursor and not cursor.isdigit():
            raise Invalid("cursor", "it is not one that this list gave as `next`")
        found = self._page(wanted, int(cursor) if cursor else None, limit)
        return ListPage(found, str(found[-1].sequence) if len(found) == limit else None)

    def _pages(self, wanted: dict[str, Any]) -> Iterator[list[Event]]:  # Any: as above
        """All events that are wanted, each page in a short transaction of its own."""
        before: int | None = None
        while found := self._page(wanted, before, EXPORT_PAGE):
            yield found
            before = found[-1].sequence

    def _page(self, wanted: dict[str, Any], before: int | None, limit: int) -> list[Event]:  # Any: as above
        with self.db.read() as tx:
            return self.events.list(tx, **wanted, before=before, limit=limit, newest_first=True)


def _moment(text: str | None, field: str) -> datetime | None:
    return None if text is None else parse_time(text, field)


def _file(parts: Iterator[bytes], kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(parts, media_type=kind, headers=headers)


def _csv(pages: Iterator[list[Event]]) -> Iterator[bytes]:
    yield (",".join(COLUMNS) + "\r\n").encode()
    for page in pages:
        text = io.StringIO()
        csv.writer(text).writerows([_cell(value) for value in _values(event)] for event in page)
        yield text.getvalue().encode()


def _json_lines(pages: Iterator[list[Event]]) -> Iterator[bytes]:
    for page in pages:
        rows = (dict(zip(COLUMNS, _values(event), strict=True)) | {"payload": event.payload} for event in page)
        yield b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def _values(event: Event) -> tuple[object, ...]:
    event_at = None if event.event_at is None else iso(event.event_at)
    payload = msgspec.json.encode(event.payload).decode()
    return (event.sequence, iso(event.at), event.actor, event.kind, event.project, event.subject, event_at, payload)


def _cell(value: object) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe comes before what would begin one."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
