"""What a service is tested on: a database with every table, a clock that stands still, and the ledger over them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import meguri
from meguri.access.projects import ProjectDirectory
from meguri.core.times import Clock
from meguri.db.engine import Database
from meguri.db.metadata import metadata
from meguri.events.service import Events
from meguri.jobs.durable import InlineEngine
from meguri.jobs.service import Jobs
from meguri.lineage.service import Lineage
from meguri.testing.postgres import PostgresServer


class SettableClock:
    """A clock that stands still until it is moved. Starts at 2026-01-01T00:00:00Z."""

    def __init__(self, at: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def set(self, at: datetime) -> None:
        self.at = at

    def advance(self, seconds: float) -> datetime:
        self.at += timedelta(seconds=seconds)
        return self.at


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger's services on one database. Jobs run at once, in the thread that pumps them."""

    db: Database
    events: Events
    lineage: Lineage
    jobs: Jobs
    projects: ProjectDirectory
    clock: Clock


def make_ledger(db: Database, clock: Clock) -> Ledger:
    events = Events(db, clock)
    return Ledger(db, events, Lineage(clock), Jobs(db, InlineEngine(), clock), ProjectDirectory(events, clock), clock)


def load_tables() -> None:
    """Import every capability's `tables`, so that the metadata knows all tables of the platform."""
    for capability in pkgutil.iter_modules(meguri.__path__):
        if capability.ispkg and capability.name not in ("ports", "testing"):  # there, `tables` is the port of the table store
            folder = importlib.import_module(f"meguri.{capability.name}")
            if any(module.name == "tables" for module in pkgutil.iter_modules(folder.__path__)):
                importlib.import_module(f"meguri.{capability.name}.tables")


@contextmanager
def sqlite_database(file: Path) -> Iterator[Database]:
    """A SQLite database with all tables."""
    load_tables()
    db = Database.at(file)
    try:
        metadata.create_all(db.engine)
        yield db
    finally:
        db.close()


@contextmanager
def postgres_database(server: PostgresServer, template: str) -> Iterator[Database]:
    """A PostgreSQL database with all tables, copied from one that `make_template` made; dropped at the end."""
    name = server.create_database(template)
    db = Database.open(server.url(name))
    try:
        yield db
    finally:
        db.close()
        server.drop_database(name)


def make_template(server: PostgresServer) -> str:
    """A database with all tables, to copy from; gives its name."""
    load_tables()
    name = server.create_database()
    db = Database.open(server.url(name))
    try:
        metadata.create_all(db.engine)
    finally:
        db.close()
    return name
