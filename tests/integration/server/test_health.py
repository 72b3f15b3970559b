"""`/ready` says what does not work, part by part; each part is really broken here."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from meguri.app.build import Platform, build
from meguri.core.settings import Settings
from meguri.server.health import HealthRoutes, Readiness, checks_of
from meguri.testing.postgres import PostgresServer, find_programs
from meguri.testing.require import missing
from meguri.testing.server import RunningServer, running_server


def wrong(readiness: Readiness) -> dict[str, str]:
    return {part.name: part.detail for part in readiness.parts if not part.ready}


def of(platform: Platform) -> dict[str, str]:
    return wrong(HealthRoutes(checks_of(platform), "0").look())


def wait_until(seen: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def started(platform: Platform) -> Iterator[Platform]:
    platform.start()
    yield platform


def test_a_server_that_works_is_ready(server: RunningServer) -> None:
    answer = httpx.get(f"{server.url}/ready")
    assert answer.status_code == 200
    assert {part["name"]: part["ready"] for part in answer.json()["parts"]} == dict.fromkeys(
        ("database", "storage", "disk", "jobs", "children"), True
    )
    (server.home / "work").rename(server.home / "elsewhere")
    (server.home / "work").symlink_to("/proc/self/nowhere")
    time.sleep(1.1)
    with server.client() as client:
        storage = client.get("/ready").json()["parts"][1]
        assert (storage["name"], storage["ready"], storage["detail"]) == ("storage", False, "File exists")
    unknown = httpx.get(f"{server.url}/ready")
    assert (unknown.status_code, unknown.json()["parts"][1]["detail"]) == (503, "send a token to see why")
    assert httpx.get(f"{server.url}/health").json().keys() == {"status", "version"}


def test_a_child_that_ended_and_one_that_does_not_come_up_are_named(started: Platform) -> None:
    assert of(started) == {}
    started.supervisor.keep("sleeper", ["/bin/sleep", "600"])
    wait_until(lambda: of(started) == {})
    pid = started.supervisor.states()[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: "sleeper" in of(started).get("children", ""))
    wait_until(lambda: of(started) == {})
    started.supervisor.keep("broken", ["/bin/false"], is_ready=lambda _pid: False)
    wait_until(lambda: "broken is waiting (ended: 1)" in of(started).get("children", ""))
    started.supervisor.drop("broken")
    wait_until(lambda: of(started) == {})


def test_a_job_engine_that_was_closed_and_a_task_that_ended_are_named(started: Platform) -> None:
    started.tasks[1].stop()
    assert of(started) == {"jobs": "task 'watermarks' is unavailable: its thread does not run: start the server again"}
    started.jobs.close()
    assert of(started) == {"jobs": "job engine is unavailable: it does not run: start the server again"}


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A small file system to be a home, where this user may mount one."""
    folder = tmp_path / "home"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=160m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        missing("mount", "a small file system cannot be mounted here (it takes root)")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_is_full_or_read_only_is_named(mounted: Path) -> None:
    platform = build(Settings(home=mounted))
    platform.start()
    try:
        assert of(platform) == {}
        with (mounted / "ballast").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
            except OSError:
                pass
        found = of(platform)
        assert found["storage"] == "No space left on device"
        assert found["disk"].startswith("disk is unavailable: 0 MiB are free")
        (mounted / "ballast").unlink()
        wait_until(lambda: of(platform) == {})
    finally:
        platform.close()


def test_a_folder_that_cannot_be_written_is_named(started: Platform, home: Path) -> None:
    assert of(started) == {}
    (home / "work").rename(home / "elsewhere")
    (home / "work").symlink_to("/proc/self/nowhere")
    assert of(started).keys() == {"storage"}
    (home / "work").unlink()
    assert of(started) == {}


@pytest.mark.postgresql
def test_a_database_that_is_stopped_is_named_until_it_is_back(home: Path) -> None:
    programs = find_programs()
    if programs is None:
        missing("postgresql", "no PostgreSQL server was found (on Debian: apt-get install postgresql)")
    postgres = PostgresServer.start(programs)
    try:
        url = postgres.url(postgres.create_database())
        with running_server(home, options=["--database", url]) as server:
            assert httpx.get(f"{server.url}/ready").status_code == 200
            postgres.halt()
            time.sleep(1.1)
            answer = httpx.get(f"{server.url}/ready", timeout=20)
            assert answer.status_code == 503
            parts = {part["name"]: part["ready"] for part in answer.json()["parts"]}
            assert (parts["database"], parts["jobs"], parts["storage"], parts["disk"]) == (False, False, True, True)
            assert httpx.get(f"{server.url}/health").status_code == 200, "the process lives: starting it again helps nobody"
            postgres.resume()
            wait_until(lambda: httpx.get(f"{server.url}/ready", timeout=20).status_code == 200)
    finally:
        postgres.stop()
