from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from meguri.app.supervisor import ChildState, Supervisor

CHILD = """
import os, signal, sys, threading
from meguri.app.child import die_with_parent
print(os.getpid(), flush=True)
die_with_parent(lambda: os._exit(0), grace_seconds=1)
threading.Event().wait()
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path / "logs", os.environ)
    yield supervisor
    supervisor.stop()


def wait_until(seen: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().split()[2] != "Z"


def state(supervisor: Supervisor) -> ChildState:
    return supervisor.states()[0]


def wait_until_ready(supervisor: Supervisor) -> None:
    wait_until(lambda: [each.state for each in supervisor.states() if each.name == "worker"] == ["ready"])


def test_a_killed_child_is_started_again(supervisor: Supervisor) -> None:
    supervisor.keep("worker", [sys.executable, "-c", CHILD])
    wait_until_ready(supervisor)
    former = state(supervisor).pid
    assert former is not None
    os.kill(former, signal.SIGKILL)
    wait_until(lambda: state(supervisor).starts == 2 and state(supervisor).state == "ready")
    assert (state(supervisor).last_exit, state(supervisor).pid != former) == (-signal.SIGKILL, True)


def test_a_child_that_cannot_start_is_tried_again_with_growing_delays(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.keep("worker", [sys.executable, "-c", "print('no port'); raise SystemExit(3)"], is_ready=lambda _pid: False)
    wait_until(lambda: state(supervisor).starts >= 3)
    assert state(supervisor).state != "ready"
    assert (state(supervisor).last_exit, "no port" in (tmp_path / "logs" / "worker.log").read_text()) == (3, True)


def test_a_missing_program_does_not_stop_the_others(supervisor: Supervisor) -> None:
    supervisor.keep("absent", ["/does/not/exist"])
    supervisor.keep("worker", [sys.executable, "-c", CHILD])
    wait_until_ready(supervisor)


def test_keeping_the_same_command_changes_nothing_and_another_replaces_it(supervisor: Supervisor) -> None:
    supervisor.keep("worker", [sys.executable, "-c", CHILD])
    wait_until_ready(supervisor)
    former = state(supervisor).pid
    assert former is not None
    supervisor.keep("worker", [sys.executable, "-c", CHILD])
    assert state(supervisor).pid == former
    supervisor.keep("worker", [sys.executable, "-c", CHILD, "other"])
    wait_until_ready(supervisor)
    wait_until(lambda: not is_alive(former))


def test_a_dropped_child_ends(supervisor: Supervisor) -> None:
    supervisor.keep("worker", [sys.executable, "-c", CHILD])
    wait_until_ready(supervisor)
    pid = state(supervisor).pid
    assert pid is not None
    supervisor.drop("worker")
    wait_until(lambda: not is_alive(pid))
    assert supervisor.states() == []


def test_children_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    parent = textwrap.dedent("""
        import os, sys, time
        from pathlib import Path
        from meguri.app.supervisor import Supervisor
        supervisor = Supervisor(Path(sys.argv[1]), os.environ)
        supervisor.keep("worker", [sys.executable, "-c", sys.argv[2]])
        time.sleep(60)
    """)
    log = tmp_path / "worker.log"
    with subprocess.Popen([sys.executable, "-c", parent, str(tmp_path), CHILD]) as process:
        wait_until(lambda: log.exists() and log.read_text().strip() != "")
        pid = int(log.read_text().split()[0])
        assert is_alive(pid)
        process.kill()
    wait_until(lambda: not is_alive(pid))
