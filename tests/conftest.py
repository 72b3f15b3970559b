"""Fixtures for all tests: databases of both dialects, the ledger, the platform and a server process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadFileScheduling

from meguri.core.settings import Settings
from meguri.db.engine import Database
from meguri.testing.ledger import Ledger, SettableClock, make_ledger, make_template, postgres_database, sqlite_database
from meguri.testing.postgres import PostgresServer, find_programs
from meguri.testing.require import missing
from meguri.testing.server import RunningServer, running_server

if TYPE_CHECKING:
    from meguri.app.build import Platform

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # its wheel has telemetry on by default


@pytest.fixture
def clock() -> SettableClock:
    """Stands still at 2026-01-01T00:00:00Z until a test moves it."""
    return SettableClock()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for a home; nothing is in it yet."""
    return tmp_path / "home"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, one for all tests."""
    programs = find_programs()
    if programs is None:
        missing("postgresql", "no PostgreSQL server was found (on Debian: apt-get install postgresql)")
    server = PostgresServer.start(programs)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    return make_template(postgres)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with all tables; the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        with sqlite_database(tmp_path / "test.db") as database:
            yield database
    else:
        server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
        with postgres_database(server, template) as database:
            yield database


@pytest.fixture
def ledger(db: Database, clock: SettableClock) -> Ledger:
    """Events, lineage and jobs on `db`; jobs run in the thread of the test."""
    return make_ledger(db, clock)


@pytest.fixture
def platform(home: Path) -> Iterator[Platform]:
    """Every service, built as the server builds them, on an empty home of its own."""
    from meguri.app.build import build  # it loads everything, and most tests do not need it

    built = build(Settings(home=home))
    yield built
    built.close()


@pytest.fixture
def server(home: Path) -> Iterator[RunningServer]:
    """A `meguri server` process on an empty home and a free port."""
    with running_server(home) as running:
        yield running


FOLDERS = ("e2e", "faults", "docs", "golden", "integration", "conformance", "contract", "architecture", "unit")
"""The order in which tests start. The longest files are first: one that starts last runs alone at the end."""
TOGETHER = ("tests/e2e/", "tests/integration/errors/")
"""Folders whose files share one server."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((FOLDERS.index(part) for part in item.path.parts if part in FOLDERS), len(FOLDERS)))


class ByFile(LoadFileScheduling):  # type: ignore[misc]  # pytest-xdist ships no types
    """With several workers, the tests of a file run in one of them, and so do the files of a folder in `TOGETHER`: fixtures of a module are
    made once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling:
    return ByFile(config, log)
