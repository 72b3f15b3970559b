"""Every executor keeps the contract."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from meguri.adapters.executors.processes import ProcessExecutor
from meguri.testing.executor import CODE, SECRET, ExecutorContract

PARENT = """
import os, sys, time
from pathlib import Path
from meguri.adapters.executors.processes import ProcessExecutor
from meguri.ports.executor import TaskSpec

folder = Path(sys.argv[1])
executor = ProcessExecutor(os.environ)
payload = {"task": "step", "entrypoint": "work:busy", "arguments": {}, "seed": 0, "blobs": {}}
executor.submit(TaskSpec("t", "a", folder, payload, folder, 600))
time.sleep(600)
"""


class TestProcesses(ExecutorContract):
    @pytest.fixture
    def executor(self) -> Iterator[ProcessExecutor]:
        executor = ProcessExecutor({**os.environ, SECRET: "secret"})
        yield executor
        executor.close()


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM])
def test_worker_dies_with_its_parent_even_in_the_middle_of_a_step(tmp_path: Path, signal_number: signal.Signals) -> None:
    busy = "\n\ndef busy():\n    open('pid', 'w').write(str(os.getpid()))\n    while True:\n        pass\n"
    (tmp_path / "work.py").write_text(CODE + busy.replace("'pid'", repr(str(tmp_path / "pid"))))
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)])
    try:
        deadline = time.monotonic() + 30
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        worker = int((tmp_path / "pid").read_text())
        parent.send_signal(signal_number)
        parent.wait(10)
        while _is_running(worker):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        parent.kill()
        parent.wait()


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
