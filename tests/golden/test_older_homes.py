"""A home that an earlier release made opens, holds what it held, and goes on: on SQLite, and with its ledger on PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from meguri.db.engine import Database
from meguri.db.migrate import newest_version, version_of
from meguri.sdk.client import connect
from meguri.testing.postgres import PostgresServer
from meguri.testing.server import RunningServer, running_server
from tests.golden.older_homes import DAYS, FOLDER, MORE_DAYS, move_to_postgresql, play_on, read, unpack

Opened = tuple[RunningServer, dict[str, Any]]  # Any: JSON


def test_there_is_a_home_of_an_earlier_release() -> None:
    assert list(FOLDER.glob("v*.tar.xz")) != []


ARCHIVES = sorted(FOLDER.glob("*.tar.xz"))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of the ledger; empty for SQLite in the home."""
    if request.param == "sqlite":
        yield ""
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture(scope="module", params=ARCHIVES, ids=lambda archive: archive.name.removesuffix(".tar.xz"))
def opened(request: pytest.FixtureRequest, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """A server of today on the home, and what the home held when it was made."""
    home, held = unpack(request.param, tmp_path_factory.mktemp("older"))
    if database:
        move_to_postgresql(home, database)
    with running_server(home, options=["--database", database] if database else []) as server:
        yield server, held


def test_it_holds_what_it_held(opened: Opened) -> None:
    server, held = opened
    with connect(url=server.url, token=server.token) as client:
        assert read(client) == held


def test_it_is_at_the_newest_migration(opened: Opened, database: str) -> None:
    server, _ = opened
    db = Database.open(database) if database else Database.at(server.home / "meguri.db")
    with db.read() as tx:
        assert version_of(tx) == newest_version()
    db.close()


def test_its_endpoint_serves_and_its_loop_goes_on(opened: Opened) -> None:
    server, held = opened
    wait_for_endpoints(server)
    player, versions = play_on(server)
    assert player.replay.cursor.predictions == (DAYS + MORE_DAYS) * 12
    assert player.replay.cursor.failed == 0
    assert versions == [held["serving"], held["serving"]]


def wait_for_endpoints(server: RunningServer) -> None:
    """An endpoint's process starts a moment after its server."""
    deadline = time.monotonic() + 60
    with connect(url=server.url, token=server.token) as client:
        while any(each["state"] != "live" for each in client.project("pond").endpoints.all()):
            assert time.monotonic() < deadline
            time.sleep(0.1)
