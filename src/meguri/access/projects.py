"""The projects of the installation: a row for each, made before anything else of the project."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from meguri.access import tables
from meguri.access.model import Project
from meguri.core.errors import Invalid
from meguri.core.times import Clock
from meguri.events.service import Events

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def ensure_project_name(name: str) -> str:
    """Raises Invalid for a text that cannot name a project."""
    if not _NAME.fullmatch(name):
        raise Invalid("project", f"{name[:40]!r} cannot name a project: use letters, digits, '-', '_' and '.', at most 128")
    return name


class ProjectDirectory:
    """Adds and lists projects. A project is never removed, so a name that was seen once is remembered."""

    def __init__(self, events: Events, clock: Clock) -> None:
        self.events, self.clock = events, clock
        self._seen: set[str] = set()

    def ensure(self, tx: Connection, name: str) -> None:
        """Add the project if it does not exist, with the event `project.created`. Raises Invalid for a name that cannot be one."""
        if name in self._seen:
            return
        if tables.add_project(tx, ensure_project_name(name), self.clock()):
            self.events.add(tx, "project.created", project=name, subject=name, payload={})

    def list(self, tx: Connection) -> list[Project]:
        """By name."""
        return tables.list_projects(tx)

    def has_seen(self, name: str) -> bool:
        """Whether the project is known to exist without asking the database."""
        return name in self._seen

    def exists(self, tx: Connection, name: str) -> bool:
        """Whether a committed project has this name; pass a connection that reads."""
        if name not in self._seen and tables.has_project(tx, name):
            self._seen.add(name)
        return name in self._seen
