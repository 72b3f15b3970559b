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
from tests.faults.client import endpoint_url, is_settled, label, moments, predict, run_of, settle, start_run, wait_until
from tests.faults.trial import processes_of

STOP_SECONDS = 15.0


def test_a_signal_stops_everything_and_what_was_under_way_goes_on_after_the_next_start(home: Path) -> None:
    with running_server(home) as server:
        with server.client() as client:
            settle(client, 2)
            assert is_settled(client, 2)
            run = start_run(client)
            wait_until(lambda: any(home.glob("work/prun_*/recent-*")), "a step begins")
        waiting = [
            threading.Thread(target=_get, args=(server, "/api/v1/projects/kiosk/settled?until=2030-01-01T00:00:00Z")),
            threading.Thread(target=_get, args=(server, "/api/v1/stream?project=kiosk")),
        ]
        for each in waiting:
            each.start()
        time.sleep(0.3)
        running = processes_of(home)
        assert [sum(name in each.command for each in running) for name in (" server", "meguri.app.endpoint", "meguri.app.step_worker")] == [
            1, 1, 1,
        ]  # fmt: skip
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(STOP_SECONDS) == 0
        for each in waiting:
            each.join(STOP_SECONDS)
        assert processes_of(home) == []
        assert time.monotonic() - began < STOP_SECONDS
        assert not any(each.is_alive() for each in waiting)
        assert "Traceback" not in server.log.read_text()
    with running_server(home) as again, again.client() as client:
        wait_until(lambda: run_of(client, run)["status"] == "finished", "the interrupted run goes on", 60)
        assert {step["attempts"] for step in run_of(client, run)["steps"] if step["name"] == "training_frame"} == {1}


def _get(server: RunningServer, path: str) -> None:
    try:
        with server.client() as client:
            client.get(path)
    except httpx.HTTPError:
        pass


def test_an_endpoint_serves_while_the_control_plane_stands_still(server: RunningServer) -> None:
    first, *more = moments(20)
    wait_until(lambda: _is_ready(server.home), "the endpoint is ready")
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        answers = [predict(server.home, each) for each in more]
        with pytest.raises(httpx.TimeoutException), server.client() as client:
            client.get("/health", timeout=0.5)
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    assert {answer.status_code for answer in answers} == {200}
    with server.client() as client:
        assert predict(server.home, first).status_code == 200
        assert {label(client, each).status_code for each in (first, *more)} == {202}
        settle(client, 1)
        assert is_settled(client, 1)
        coverage = client.get("/api/v1/endpoints/kiosk/quality").json()["coverage"]
    assert (coverage["predictions"], coverage["labelled"]) == (20, 20)


def test_an_endpoint_serves_alone_and_a_server_that_comes_takes_in_what_it_logged(home: Path) -> None:
    command = [sys.executable, "-c", "import sys; from meguri.cli.main import main; sys.exit(main())"]
    alone = subprocess.Popen([*command, "endpoints", "serve", "kiosk", "--home", str(home)], stdin=subprocess.DEVNULL)
    try:
        wait_until(lambda: _is_ready(home), "the endpoint serves alone")
        answers = {each.id: predict(home, each).json() for each in moments(10)}
        with running_server(home) as server, server.client() as client:
            settle(client, 1)
            assert is_settled(client, 1)
            known = client.get("/api/v1/endpoints/kiosk/predictions", params={"limit": 100}).json()["items"]
            assert {each["id"]: each["output"] for each in known} == {id: each["outputs"][0]["data"][0] for id, each in answers.items()}
            assert predict(home, moments(1)[0]).json() == answers[moments(1)[0].id]
    finally:
        alone.terminate()
        alone.wait(STOP_SECONDS)
    wait_until(lambda: not processes_of(home), "nothing of it is left", STOP_SECONDS)


def _is_ready(home: Path) -> bool:
    try:
        return httpx.get(f"{endpoint_url(home)}/v2/health/ready", timeout=2).is_success
    except (httpx.HTTPError, OSError):
        return False
