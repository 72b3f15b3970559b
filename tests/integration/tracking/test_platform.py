"""The whole server, and the server inside a script."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from meguri.sdk import run as runs
from meguri.sdk.client import connect
from meguri.sdk.transport import EMBEDDED_URL
from meguri.testing.server import start_server


def steps(home: Path, run: str) -> list[int]:
    with connect(home=home) as client:
        return [point[1] for point in client.runs.history(run, "loss")]


def test_no_point_is_lost_when_the_server_is_killed_and_started_again(home: Path) -> None:
    server = start_server(home)
    try:
        run = runs.init("bikes", home=home, console=False)
        stop, logged = threading.Event(), 0

        def train() -> None:
            nonlocal logged
            while not stop.is_set():
                run.log({"loss": 0.5}, step=logged)
                logged += 1
                time.sleep(0.0005)

        trainer = threading.Thread(target=train)
        trainer.start()
        time.sleep(0.5)
        server.kill()
        time.sleep(0.2)
        server = start_server(home)
        time.sleep(0.3)
        stop.set()
        trainer.join()
        run.finish()
        assert steps(home, run.id) == list(range(logged))
        with connect(home=home) as client:
            assert client.runs.get(run.id)["run"]["status"] == "finished"
            kinds = [event["kind"] for event in client.project("bikes").events.list(subject=run.id)]
        assert kinds == ["run.finished", "run.started"]
    finally:
        server.stop()


def test_script_without_a_server_is_its_own_and_leaves_the_home_to_the_next(tmp_path: Path) -> None:
    text = "import meguri as mg\nrun = mg.init('bikes', console=False)\nmg.log({'loss': 0.5}, step=%d)\nprint(run.id)\n"
    environment = {**os.environ, "MEGURI_HOME": str(tmp_path / "home"), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    made = []
    for step in range(2):
        done = subprocess.run(
            [sys.executable, "-c", text % step], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        made.append(done.stdout.strip())
    with connect(home=tmp_path / "home") as client:
        assert [(found["id"], found["status"]) for found in client.project("bikes").runs.all(sort="started_at")] == [
            (run, "finished") for run in made
        ]
        assert (tmp_path / "home" / "owner.lock").exists() and client.connection.url == EMBEDDED_URL
        with connect(home=tmp_path / "home") as second:
            assert len(second.project("bikes").runs.list()) == 2
    assert [steps(tmp_path / "home", run) for run in made] == [[0], [1]]
