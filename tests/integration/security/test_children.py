"""Child processes import and inherit only what they need."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from meguri.adapters.executors.processes import ProcessExecutor
from meguri.app import supervisor as supervisors
from meguri.app.build import endpoint_command
from meguri.app.supervisor import Supervisor
from meguri.core.environment import child_environment
from meguri.ports.executor import TaskSpec


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder in which somebody has put modules with the names of ours and of Python's own."""
    folder = tmp_path / "shared"
    folder.mkdir()
    for name in ("msgspec", "queue", "numpy"):
        (folder / f"{name}.py").write_text(f"import sys; sys.exit('{name} of the current folder was imported')")
    monkeypatch.chdir(folder)
    return folder


def test_an_endpoint_imports_nothing_from_the_current_folder(foreign: Path, tmp_path: Path) -> None:
    ended = subprocess.run(endpoint_command(tmp_path, "demand"), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert "meguri: no endpoint 'demand'" in ended.stderr


def test_a_step_worker_imports_nothing_from_the_current_folder(foreign: Path, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text("def answer():\n    return 42\n")
    executor = ProcessExecutor(os.environ)
    try:
        payload = {"task": "step", "entrypoint": "work:answer", "arguments": {}, "seed": 0, "blobs": {}}
        handle = executor.submit(TaskSpec("t", "a", tmp_path, payload, tmp_path, 60))
        found = executor.poll([handle], 60)
    finally:
        executor.close()
    assert [each.outcome for each in found] == ["done"]
    assert found[0].result["output"]["summary"] == {"value": 42}


def test_a_child_gets_the_variables_that_it_needs_and_those_that_are_passed(tmp_path: Path) -> None:
    parent = {
        "PATH": "/bin", "LC_TIME": "C", "MEGURI_DATABASE": "postgresql://u:pw@h/db", "PGPASSWORD": "pw", "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_REGION": "x", "HF_HOME": "/models",
    }  # fmt: skip
    assert child_environment(parent) == {"PATH": "/bin", "LC_TIME": "C", "ORT_DISABLE_TELEMETRY": "1"}
    assert child_environment(parent, ["HF_HOME", "AWS_*"]).keys() - child_environment(parent).keys() == {
        "HF_HOME", "AWS_REGION", "AWS_SECRET_ACCESS_KEY",
    }  # fmt: skip
    children = Supervisor(tmp_path, child_environment(parent))
    children.keep("one", ["/usr/bin/env"])
    while "PATH" not in (tmp_path / "one.log").read_text() if (tmp_path / "one.log").exists() else True:
        time.sleep(0.02)
    children.stop()
    assert sorted((tmp_path / "one.log").read_text().splitlines()[:3]) == ["LC_TIME=C", "ORT_DISABLE_TELEMETRY=1", "PATH=/bin"]


def test_the_log_of_a_child_is_rotated_while_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisors, "LARGEST_LOG", 10_000)
    children = Supervisor(tmp_path, os.environ)
    children.keep("chatty", ["/bin/sh", "-c", "while true; do echo 0123456789; sleep 0.001; done"])
    log, former = tmp_path / "chatty.log", tmp_path / "chatty.log.1"
    until = time.monotonic() + 60
    while not former.exists() or log.stat().st_size == 0:
        assert time.monotonic() < until
        time.sleep(0.05)
    starts = children.states()[0].starts
    children.stop()
    assert starts == 1, "it is the same process"
    assert former.stat().st_size >= 10_000
    assert log.read_bytes()[:11] == b"0123456789\n", "it goes on at the beginning of the file, without a gap"
