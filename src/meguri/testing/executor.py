"""The contract of an Executor."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meguri.core.errors import Unavailable
from meguri.ports.executor import Executor, Handle, TaskEvent, TaskSpec

SECRET = "MEGURI_TOKEN"
"""A variable that the executor under test must find in its environment, and hide from workers."""

CODE = f"""
import os
import signal
import time


def pid():
    return os.getpid()


def speak(text):
    print(text, flush=True)
    os.system("echo from a child")
    return text


def fail():
    raise ValueError("wrong")


def leave():
    raise SystemExit(3)


def sleep(seconds):
    print("sleeping", flush=True)
    time.sleep(seconds)
    return seconds


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def environment():
    return [name for name in os.environ if name.startswith("MEGURI") or name == "{SECRET}"]


def threads():
    return os.environ["OMP_NUM_THREADS"]
"""


class ExecutorContract:
    """Derive from it and give the fixture `executor`: one that runs two tasks at a time and was made with `SECRET` in its environment."""

    @pytest.fixture
    def executor(self) -> Iterator[Executor]:
        raise NotImplementedError

    @pytest.fixture
    def tasks(self, tmp_path: Path) -> _Tasks:
        return _Tasks(tmp_path)

    def test_task_ends_in_one_event_with_its_result(self, executor: Executor, tasks: _Tasks) -> None:
        handle = executor.submit(tasks.make("speak", text="hello"))
        event = _wait(executor, handle)
        assert (event.handle, event.outcome, event.result["ok"], event.result["output"]["summary"]) == (
            handle,
            "done",
            True,
            {"value": "hello"},
        )
        assert executor.poll([handle], 0) == []

    def test_what_is_printed_is_in_the_log_while_the_task_runs(self, executor: Executor, tasks: _Tasks) -> None:
        handle = executor.submit(tasks.make("sleep", seconds=30))
        assert _until(lambda: executor.logs(handle) == b"sleeping\n")
        assert executor.logs(handle, 5) == b"ing\n"
        executor.cancel(handle)
        assert _wait(executor, handle).outcome == "cancelled"

    def test_what_children_print_is_in_the_log_too(self, executor: Executor, tasks: _Tasks) -> None:
        task = tasks.make("speak", text="hello")
        _wait(executor, executor.submit(task))
        assert (task.scratch / "log.txt").read_text() == "hello\nfrom a child\n"

    def test_tasks_of_equal_code_share_a_process_and_others_do_not(self, executor: Executor, tasks: _Tasks) -> None:
        one, same, other = (_value(_wait(executor, executor.submit(tasks.make("pid", code=code)))) for code in ("a", "a", "b"))
        assert one == same != other

    def test_task_whose_code_fails_is_done_and_the_process_goes_on(self, executor: Executor, tasks: _Tasks) -> None:
        before = _value(_wait(executor, executor.submit(tasks.make("pid"))))
        failed = _wait(executor, executor.submit(tasks.make("fail")))
        left = _wait(executor, executor.submit(tasks.make("leave")))
        assert [(each.outcome, each.result["ok"]) for each in (failed, left)] == [("done", False), ("done", False)]
        assert failed.result["error"]["message"] == f"ValueError: wrong (work.py:{_line('raise ValueError')} in fail)"
        assert _value(_wait(executor, executor.submit(tasks.make("pid")))) == before

    def test_hung_task_is_killed_and_the_next_one_runs(self, executor: Executor, tasks: _Tasks) -> None:
        event = _wait(executor, executor.submit(tasks.make("sleep", seconds=60, timeout=2.0)))
        assert (event.outcome, event.reason) == ("timed_out", "it took longer than 2 s and was killed")
        assert _wait(executor, executor.submit(tasks.make("pid"))).outcome == "done"

    def test_start_and_import_do_not_count_as_the_task(self, executor: Executor, tasks: _Tasks) -> None:
        with (tasks.folder / "work.py").open("a") as file:
            file.write("time.sleep(3)\n")
        assert _wait(executor, executor.submit(tasks.make("pid", timeout=2.0))).outcome == "done"

    def test_process_that_dies_loses_its_task_only(self, executor: Executor, tasks: _Tasks) -> None:
        sleeping = executor.submit(tasks.make("sleep", code="b", seconds=3))
        event = _wait(executor, executor.submit(tasks.make("die")))
        assert (event.outcome, event.reason) == ("lost", "the worker was killed by SIGKILL (out of memory?)")
        assert _wait(executor, sleeping).outcome == "done"
        assert _wait(executor, executor.submit(tasks.make("pid"))).outcome == "done"

    def test_task_that_waits_is_cancelled_without_running(self, executor: Executor, tasks: _Tasks) -> None:
        busy = [executor.submit(tasks.make("sleep", code=code, seconds=30)) for code in ("a", "b")]
        waiting = executor.submit(tasks.make("speak", text="never"))
        executor.cancel(waiting)
        assert _wait(executor, waiting).outcome == "cancelled"
        for handle in busy:
            executor.cancel(handle)
            assert _wait(executor, handle).outcome == "cancelled"

    def test_tasks_beyond_the_limit_wait_for_room(self, executor: Executor, tasks: _Tasks) -> None:
        handles = [executor.submit(tasks.make("pid", code=f"code-{number}")) for number in range(5)]
        assert [_wait(executor, handle).outcome for handle in handles] == ["done"] * 5

    def test_cancelling_what_has_ended_or_is_unknown_is_nothing(self, executor: Executor, tasks: _Tasks) -> None:
        handle = executor.submit(tasks.make("pid"))
        assert _until(lambda: executor.logs(handle) is not None)
        event = _wait(executor, handle)
        executor.cancel(handle)
        executor.cancel(Handle("unknown"))
        assert (event.outcome, executor.logs(Handle("unknown"))) == ("done", b"")

    def test_worker_sees_no_secret_and_a_fixed_number_of_threads(self, executor: Executor, tasks: _Tasks) -> None:
        assert _value(_wait(executor, executor.submit(tasks.make("environment")))) == []
        assert int(_value(_wait(executor, executor.submit(tasks.make("threads"))))) in (1, 2)

    def test_after_close_nothing_runs(self, executor: Executor, tasks: _Tasks) -> None:
        handle = executor.submit(tasks.make("sleep", seconds=60))
        assert _until(lambda: executor.logs(handle) == b"sleeping\n")
        executor.close()
        assert _wait(executor, handle).outcome == "cancelled"
        with pytest.raises(Unavailable):
            executor.submit(tasks.make("pid"))

    def test_warm_worker_takes_the_first_task(self, executor: Executor, tasks: _Tasks) -> None:
        executor.warm("a", tasks.folder)
        assert _wait(executor, executor.submit(tasks.make("pid", code="a"))).outcome == "done"


class _Tasks:
    """Makes tasks that call functions of `CODE`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._places, self._numbers = folder / "code", folder / "scratch", itertools.count()
        self.folder.mkdir()
        (self.folder / "work.py").write_text(CODE)

    def make(self, function: str, *, code: str = "a", timeout: float = 60.0, **arguments: Any) -> TaskSpec:  # Any: JSON
        id = f"task-{next(self._numbers)}"
        scratch = self._places / id
        scratch.mkdir(parents=True)
        given = {name: {"kind": "json", "value": value} for name, value in arguments.items()}
        payload = {"task": "step", "entrypoint": f"work:{function}", "arguments": given, "seed": 0, "blobs": {}}
        return TaskSpec(id, code, self.folder, payload, scratch, timeout)


def _wait(executor: Executor, handle: Handle) -> TaskEvent:
    (event,) = executor.poll([handle], 60)
    return event


def _value(event: TaskEvent) -> Any:  # Any: JSON
    return event.result["output"]["summary"]["value"]


def _line(text: str) -> int:
    return next(number for number, line in enumerate(CODE.splitlines(), 1) if text in line)


def _until(holds: Any, seconds: float = 30.0) -> bool:  # Any: a function without arguments
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
