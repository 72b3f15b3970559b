"""What every other test rests on: two databases with the same tables, empty for each test, and a server that dies with its test run."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect

from meguri.db.metadata import metadata
from meguri.testing.ledger import Ledger


@pytest.mark.parametrize("time_of_day", ["first", "second"])
def test_each_test_begins_with_an_empty_database(ledger: Ledger, time_of_day: str) -> None:
    with ledger.db.write() as tx:
        assert ledger.events.list(tx) == []
        ledger.events.add(tx, "fixture.used", project="p", subject=time_of_day, payload={})


def test_both_databases_have_every_table(ledger: Ledger) -> None:
    assert sorted(inspect(ledger.db.engine).get_table_names()) == sorted(metadata.tables)


def test_a_reading_transaction_sees_one_moment(ledger: Ledger) -> None:
    with ledger.db.write() as tx:
        ledger.events.advance(tx, "bikes", datetime(2026, 1, 1, tzinfo=UTC))
    with ledger.db.read() as reading:
        first = ledger.events.watermark(reading, "bikes")
        with ledger.db.write() as tx:
            ledger.events.advance(tx, "bikes", datetime(2026, 1, 2, tzinfo=UTC))
        assert ledger.events.watermark(reading, "bikes") == first
    with ledger.db.read() as reading:
        assert ledger.events.watermark(reading, "bikes") != first


def test_a_reading_transaction_writes_nothing_and_leaves_no_trace(ledger: Ledger) -> None:
    with ledger.db.read() as tx, contextlib.suppress(Exception):  # PostgreSQL refuses it, SQLite forgets it
        ledger.events.add(tx, "snapshot.taken", project="bikes", subject="s", payload={})
    with ledger.db.write() as tx:
        ledger.events.add(tx, "snapshot.taken", project="bikes", subject="t", payload={})
    with ledger.db.read() as tx:
        assert [event.subject for event in ledger.events.list(tx)] == ["t"]


@pytest.mark.postgresql
@pytest.mark.usefixtures("postgres")
def test_postgresql_ends_with_a_killed_test_run() -> None:
    program = "\n".join(
        [
            "import time",
            "from meguri.testing.postgres import PostgresServer, find_programs",
            "server = PostgresServer.start(find_programs())",
            "print(server.process.pid, server.folder, flush=True)",
            "time.sleep(600)",
        ]
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        process, folder = killed.stdout.readline().split()
        killed.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while (alive := is_running(int(process))) and time.monotonic() < until:
        time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)
    assert not alive


def is_running(process: int) -> bool:
    """A zombie, whose new parent has not asked for it yet, does not count."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
