"""Stopping a server, and an endpoint that serves without one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from meguri.testing.server import RunningServer, running_server
from tests.faults.client import Caller, calling, is_endpoint_ready, moments, wait_until
from tests.faults.invariants import contradictions
from tests.faults.trial import processes_of

STOP_SECONDS = 15.0


def test_a_signal_stops_everything_and_what_was_under_way_goes_on_after_the_next_start(home: Path) -> None:
    with running_server(home) as server:
        with calling(server) as caller:
            caller.advance_watermark(2)
            assert caller.is_reached(2)
            run = caller.start_run().json()["id"]
            wait_until(lambda: bool([*home.glob("work/prun_*/recent-*")]), "a step begins")
        paths = ("/api/v1/projects/kiosk/watermark?until=2030-01-01T00:00:00Z", "/api/v1/stream?project=kiosk")
        waiting = [threading.Thread(target=_get, args=(server, path)) for path in paths]
        for each in waiting:
            each.start()
        time.sleep(0.2)
        running = " ".join(each.command for each in processes_of(home))
        assert all(name in running for name in (" server", "meguri.app.endpoint", "meguri.app.step_worker"))
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(STOP_SECONDS) == 0
        for each in waiting:
            each.join(STOP_SECONDS)
        assert processes_of(home) == []
        assert time.monotonic() - began < STOP_SECONDS
        assert "Traceback" not in server.log.read_text()
    with running_server(home) as again, calling(again) as caller:
        wait_until(lambda: caller.run_of(run)["status"] == "finished", "the interrupted run goes on", 60)
        assert {step["attempts"] for step in caller.run_of(run)["steps"] if step["name"] == "training_frame"} == {1}
        assert caller.is_reached(2)
    assert contradictions(home, home.parent / "account.jsonl") == []


def _get(server: RunningServer, path: str) -> None:
    try:
        with server.client() as client:
            client.get(path)
    except httpx.HTTPError:
        pass


def test_an_endpoint_serves_while_the_control_plane_stands_still(server: RunningServer) -> None:
    wait_until(lambda: is_endpoint_ready(server.home), "the endpoint is ready")
    with calling(server) as caller:
        os.kill(server.process.pid, signal.SIGSTOP)
        try:
            answers = [caller.predict(each) for each in moments(20)]
            with pytest.raises(httpx.TimeoutException):
                caller.client.get("/health", timeout=0.5)
        finally:
            os.kill(server.process.pid, signal.SIGCONT)
        assert {answer.status_code for answer in answers} == {200}
        assert {caller.label(each).status_code for each in moments(20)} == {202}
        caller.advance_watermark(1)
        assert caller.is_reached(1)
        assert caller.coverage() == (20, 20)


def test_an_endpoint_serves_alone_and_a_server_that_comes_takes_in_what_it_logged(home: Path) -> None:
    program = "import sys; from meguri.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "endpoints", "serve", "kiosk", "--home", str(home)]
    alone = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: is_endpoint_ready(home), "the endpoint serves alone")
        with httpx.Client() as nobody:
            answers = {each.id: Caller(home, nobody).predict(each).json() for each in moments(10)}
        with running_server(home) as server, calling(server) as caller:
            caller.advance_watermark(1)
            assert caller.is_reached(1)
            known = caller.client.get("/api/v1/projects/kiosk/endpoints/kiosk/predictions", params={"limit": 100}).json()["items"]
            assert {each["id"]: each["output"] for each in known} == {id: each["outputs"][0]["data"][0] for id, each in answers.items()}
            assert caller.predict(moments(1)[0]).json() == answers[moments(1)[0].id]
    finally:
        alone.terminate()
        alone.wait(STOP_SECONDS)
    wait_until(lambda: not processes_of(home), "nothing of it is left", STOP_SECONDS)
