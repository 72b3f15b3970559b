"""Keeps the file of those who may call the endpoints in step with users, roles and tokens."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection

from meguri.access.service import Access
from meguri.db.engine import Database
from meguri.events.service import Event, Events
from meguri.serving.callers import AllowedToken, Callers, callers_file
from meguri.serving.deployment_specs import replace_file

CHANGES = (
    "project.created",
    "role.changed",
    "token.created",
    "token.revoked",
    "token.rotated",
    "user.changed",
    "user.deleted",
    "user.disabled",
    "user.enabled",
)


class EndpointCallers:
    """Writes the file at the start, after each change and periodically, where it differs: a write may have failed."""

    def __init__(self, db: Database, access: Access, home: Path, *, is_open: bool) -> None:
        self.db, self.access, self.home, self.is_open = db, access, home, is_open
        self._lock = threading.Lock()

    def listen(self, events: Events) -> None:
        for kind in CHANGES:
            events.on(kind, "endpoint callers", self._changed)

    def write(self) -> None:
        """Raises Unavailable."""
        with self._lock, self.db.read() as tx:
            self._write(tx)

    def _changed(self, tx: Connection, _event: Event) -> None:
        with self._lock:
            self._write(tx)

    def _write(self, tx: Connection) -> None:
        allowed: dict[str, list[AllowedToken]] = {}
        for project, found in self.access.tokens_by_project(tx, reading="endpoints:read", using="endpoints:predict").items():
            allowed[project] = [
                AllowedToken(each.hash, None if each.until is None else each.until.timestamp(), each.may_use) for each in found
            ]
        file, content = callers_file(self.home), Callers(self.is_open, allowed).to_json()
        if not file.is_file() or file.read_bytes() != content:
            replace_file(file, content)
