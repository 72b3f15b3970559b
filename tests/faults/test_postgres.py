"""The PostgreSQL of the ledger is stopped and started again under a running server."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from meguri.testing.postgres import PostgresServer, find_programs
from meguri.testing.require import missing
from meguri.testing.server import RunningServer, running_server, start_server
from tests.faults.client import calling, everything, is_endpoint_ready, moments, unclear, wait_until
from tests.faults.invariants import contradictions
from tests.faults.player import prepare
from tests.faults.trial import processes_of

pytestmark = pytest.mark.postgresql


@dataclass(frozen=True, slots=True)
class Site:
    """A server with a model in service, its ledger in a PostgreSQL of its own that may be stopped."""

    server: RunningServer
    postgres: PostgresServer
    database: str


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    programs = find_programs()
    if programs is None:
        missing("postgresql", "no PostgreSQL server was found (on Debian: apt-get install postgresql)")
    postgres = PostgresServer.start(programs)
    try:
        database = postgres.url(postgres.create_database())
        with running_server(tmp_path / "home", options=["--database", database]) as server:
            prepare(server.url, server.token, tmp_path)
            yield Site(server, postgres, database)
    finally:
        postgres.stop()


def test_requests_wait_and_jobs_finish_when_the_database_is_back(site: Site) -> None:
    server, sent = site.server, moments(40)
    with calling(server) as caller:
        wait_until(lambda: is_endpoint_ready(server.home), "the endpoint is ready")
        for step, moment in enumerate(sent[:10]):
            assert unclear(everything(caller, moment, step)) == set()
        caller.advance_watermark(2)
        assert caller.is_reached(2)
        run = caller.start_run().json()["id"]
        wait_until(lambda: bool([*server.home.glob("work/prun_*/recent-*")]), "a step begins")

        site.postgres.halt()
        until = time.monotonic() + 3
        while time.monotonic() < until:
            for step, moment in enumerate(sent[10:20], 10):
                predicted, *others = everything(caller, moment, step)
                assert predicted.status_code == 200, "the endpoint does not need the ledger"
                assert {answer.status_code for answer in others} == {503}
                assert unclear(others) == set()
        assert caller.advance_watermark(3).status_code == 503
        assert caller.client.get("/health").status_code == 200, "the process lives"
        ready = caller.client.get("/ready")
        assert (ready.status_code, ready.json()["parts"][0]["name"], ready.json()["parts"][0]["ready"]) == (503, "database", False)

        site.postgres.resume()
        wait_until(lambda: caller.client.get("/ready").status_code == 200, "it answers again", 20)
        for step, moment in enumerate(sent):
            answers = everything(caller, moment, step)
            assert [answer.text for answer in answers if not answer.is_success] == []
        wait_until(lambda: caller.run_of(run)["status"] == "finished", "the run that was under way finishes", 60)
        assert caller.advance_watermark(3).status_code == 202
        site.postgres.halt(signal.SIGQUIT)
        refused = [caller.push(sent[0]), caller.label(sent[0]), caller.point(99)]
        assert ({answer.status_code for answer in refused}, unclear(refused)) == ({503}, set())
        site.postgres.resume()
        wait_until(lambda: caller.is_reached(3), "it settles after a crash", 60)
        assert caller.coverage() == (40, 40)
    server.stop()
    assert processes_of(server.home) == []
    assert contradictions(server.home, server.home.parent / "account.jsonl", site.database) == []


def test_a_server_without_its_database_says_so_and_is_stopped_in_time(site: Site) -> None:
    site.postgres.halt()
    time.sleep(1)
    began = time.monotonic()
    site.server.stop()
    assert site.server.process.returncode == 0
    assert time.monotonic() - began < 15
    with pytest.raises(Exception, match=r"meguri: .* is unavailable: connection failed") as raised:
        start_server(site.server.home, options=["--database", site.database]).kill()
    assert "Traceback" not in str(raised.value)
