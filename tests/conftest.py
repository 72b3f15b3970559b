"""Fixtures for all tests: databases of both dialects, the ledger, the platform, a server process, and Debian's Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from meguri.core.settings import Settings
from meguri.db.engine import Database
from meguri.testing.ledger import Ledger, SettableClock, make_ledger, make_template, postgres_database, sqlite_database
from meguri.testing.postgres import PostgresServer, find_programs
from meguri.testing.require import missing
from meguri.testing.server import RunningServer, running_server

if TYPE_CHECKING:
    from meguri.app.build import Platform

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # its wheel has telemetry on by default

CHROMIUM_FLAGS = [
    "--no-sandbox",  # it may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
]


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


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:  # Any: Playwright's options
    """Debian's Chromium; nothing is downloaded."""
    program = os.environ.get("MEGURI_CHROMIUM") or shutil.which("chromium")
    if program is None:
        missing("chromium", "no Chromium was found (on Debian: apt-get install chromium fonts-noto-cjk; else set MEGURI_CHROMIUM)")
    return {**browser_type_launch_args, "executable_path": program, "args": CHROMIUM_FLAGS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:  # Any: Playwright's options
    """A plain desktop, without motion, so that two runs look alike."""
    place = {"locale": "en-GB", "timezone_id": "UTC"}
    return {**browser_context_args, **place, "viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: from the first of them on Playwright's own event loop runs in this thread, and no other can."""
    items.sort(key=lambda item: "e2e" in item.path.parts)
