"""Tasks in warm processes of this machine: one process for each version of the code, used again from task to task."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import msgspec

from meguri.core.environment import worker_environment
from meguri.core.errors import Unavailable
from meguri.ports.executor import Handle, Outcome, TaskEvent, TaskSpec

logger = logging.getLogger(__name__)

LOG = "log.txt"
"""The file in a task's scratch folder that takes what it prints."""

STARTED = b'{"started":true}'
"""What a worker writes when it has started and imported the task's module: from then on the task's timeout counts."""
START_SECONDS = 180.0

_SIGNALS = {each.value: each.name for each in signal.Signals}


class ProcessExecutor:
    """Starts `command --result-fd N [--folder F]` for each version of the code that is asked for, and exchanges lines of JSON with it.

    At most `workers` processes at a time; an idle one of other code makes room, and one that was idle for `idle_seconds` ends.
    `environment`: variables of the server, of which workers get those named in `core.environment` and those that match `pass_environment`.
    `threads`: of the numeric libraries, fixed, so that sums are made in the same order every time. `-P` keeps the current folder off the
    import path: a step imports from its bundle and the installed packages, and from nowhere else.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        workers: int = 2,
        threads: int = 1,
        pass_environment: Sequence[str] = (),
        idle_seconds: float = 900.0,
        command: Sequence[str] = (sys.executable, "-P", "-m", "meguri.app.step_worker"),
    ) -> None:
        self._environment = worker_environment(environment, threads, pass_environment)
        self._limit, self._idle_seconds, self._command = workers, idle_seconds, tuple(command)
        self._changed = threading.Condition()
        self._waiting: list[_Task] = []
        self._tasks: dict[Handle, _Task] = {}
        self._ended: dict[Handle, TaskEvent] = {}
        self._workers: list[_Worker] = []
        self._closed = False
        self._wishes: queue.SimpleQueue[_Worker | None] = queue.SimpleQueue()
        self._starter = threading.Thread(target=self._start_workers, name="meguri-worker-starter", daemon=True)
        self._starter.start()

    def submit(self, task: TaskSpec) -> Handle:
        handle = Handle(task.id)
        with self._changed:
            if self._closed:
                raise Unavailable("executor", "the server is stopping: the task begins again when it is back")
            self._tasks[handle] = _Task(handle, task)
            self._waiting.append(self._tasks[handle])
            self._assign()
        return handle

    def poll(self, handles: Sequence[Handle], timeout_seconds: float) -> list[TaskEvent]:
        deadline = time.monotonic() + timeout_seconds
        with self._changed:
            while True:
                found = [self._ended.pop(handle) for handle in handles if handle in self._ended]
                left = deadline - time.monotonic()
                if found or left <= 0:
                    return found
                self._changed.wait(left)

    def cancel(self, handle: Handle) -> None:
        with self._changed:
            task = self._tasks.get(handle)
            if task is None or handle in self._ended:
                return
            if task in self._waiting:
                self._waiting.remove(task)
                self._end(task, "cancelled", reason="cancelled before it began")
                return
            task.killed = "cancelled"
            if task.worker is not None:
                task.worker.kill()

    def logs(self, handle: Handle, offset: int = 0) -> bytes:
        task = self._tasks.get(handle)
        if task is None:
            return b""
        try:
            with (task.spec.scratch / LOG).open("rb") as log:
                log.seek(offset)
                return log.read()
        except FileNotFoundError:
            return b""

    def warm(self, code: str, folder: Path | None) -> None:
        with self._changed:
            if not self._closed and len(self._workers) < self._limit and not any(each.code == code for each in self._workers):
                self._new_worker(code, folder, None)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            for task in self._waiting:
                self._end(task, "cancelled", reason="the server is stopping")
            self._waiting.clear()
            workers = list(self._workers)
            for worker in workers:
                if worker.task is not None:
                    worker.task.killed = "cancelled"
                worker.kill()
        self._wishes.put(None)
        self._starter.join(10)
        for worker in workers:
            worker.wait()

    def _assign(self) -> None:
        """Give waiting tasks to workers, in order; called with the lock held."""
        for task in list(self._waiting):
            idle = [each for each in self._workers if each.task is None and not each.is_killed]
            worker = next((each for each in idle if each.code == task.spec.code), None)
            if worker is not None:
                self._waiting.remove(task)
                worker.give(task)
                continue
            if len(self._workers) >= self._limit:
                if idle:
                    idle[0].kill()  # its reader makes room and calls this again
                continue
            self._waiting.remove(task)
            self._new_worker(task.spec.code, task.spec.folder, task)

    def _new_worker(self, code: str, folder: Path | None, task: _Task | None) -> None:
        worker = _Worker(code, folder)
        if task is not None:
            worker.task, task.worker = task, worker
        self._workers.append(worker)
        self._wishes.put(worker)

    def _start_workers(self) -> None:
        """The one thread that makes processes: the kernel ends a child with the *thread* that made it."""
        while (worker := self._wishes.get()) is not None:
            if self._closed:
                with self._changed:
                    if worker.task is not None:
                        self._end(worker.task, "cancelled", reason="the server is stopping")
                continue
            try:
                worker.start(self._command, self._environment)
            except OSError as error:
                with self._changed:
                    self._workers.remove(worker)
                    if worker.task is not None:
                        self._end(worker.task, "lost", reason=f"no process could be started: {error}")
                continue
            with self._changed:
                if worker.task is not None:
                    worker.send(worker.task)
            threading.Thread(target=self._read, args=(worker,), name="meguri-worker-reader", daemon=True).start()

    def _read(self, worker: _Worker) -> None:
        """Read from one worker until it has ended."""
        while True:
            line = worker.next_line(self._look)
            with self._changed:
                task = worker.task
                if line is None:
                    self._workers.remove(worker)
                    if task is not None:
                        reason = worker.wait()
                        outcome: Outcome = task.killed or "lost"
                        self._end(task, outcome, reason=reason if outcome == "lost" else task.why(outcome))
                    self._assign_if_open()
                    break
                if line == STARTED:
                    if task is not None:
                        task.began = time.monotonic()
                    continue
                if task is not None:
                    worker.task, worker.used = None, time.monotonic()
                    self._end(task, "done", line)
                self._assign_if_open()
        worker.forget()

    def _look(self, worker: _Worker) -> None:
        with self._changed:
            if worker.task is None:
                if time.monotonic() - worker.used > self._idle_seconds:
                    worker.kill()
            elif worker.task.is_overdue():
                worker.task.killed = worker.task.killed or "timed_out"
                worker.kill()

    def _assign_if_open(self) -> None:
        if not self._closed:
            self._assign()

    def _end(self, task: _Task, outcome: Outcome, line: bytes = b"{}", reason: str = "") -> None:
        result = msgspec.json.decode(line, type=dict)
        began = task.began or task.sent
        seconds = 0.0 if began is None else time.monotonic() - began
        self._ended[task.handle] = TaskEvent(task.handle, outcome, result, reason, seconds)
        self._tasks.pop(task.handle, None)
        self._changed.notify_all()


@dataclass(eq=False, slots=True)
class _Task:
    handle: Handle
    spec: TaskSpec
    worker: _Worker | None = None
    sent: float | None = None
    began: float | None = None
    killed: Outcome | None = None

    def is_overdue(self) -> bool:
        if self.began is not None:
            return time.monotonic() - self.began > self.spec.timeout_seconds
        return self.sent is not None and time.monotonic() - self.sent > START_SECONDS

    def why(self, outcome: Outcome) -> str:
        if outcome == "cancelled":
            return "it was cancelled"
        if self.began is None:
            return f"its module was not imported within {START_SECONDS:g} s, and it was killed"
        return f"it took longer than {self.spec.timeout_seconds:g} s and was killed"


@dataclass(eq=False, slots=True)
class _Worker:
    code: str
    folder: Path | None
    task: _Task | None = None
    is_killed: bool = False
    used: float = field(default_factory=time.monotonic)
    _process: subprocess.Popen[bytes] | None = None
    _result: int = -1
    _rest: bytearray = field(default_factory=bytearray)
    _poll: select.poll = field(default_factory=select.poll)

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        reading, writing = os.pipe()
        place = [] if self.folder is None else ["--folder", str(self.folder)]
        try:
            self._process = subprocess.Popen(
                [*command, "--result-fd", str(writing), *place],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=dict(environment),
                pass_fds=(writing,),
                start_new_session=True,
            )
        except OSError:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._result = reading
        self._poll.register(reading, select.POLLIN | select.POLLHUP)  # select() itself takes no descriptor above 1023
        if self.is_killed:
            self.kill()

    def give(self, task: _Task) -> None:
        self.task, task.worker = task, self
        if self._process is not None:
            self.send(task)

    def send(self, task: _Task) -> None:
        """Send a task. If the worker has ended meanwhile, the thread that reads from it finds out."""
        task.sent = time.monotonic()
        spec = {"id": task.spec.id, "payload": task.spec.payload, "scratch": str(task.spec.scratch), "log": str(task.spec.scratch / LOG)}
        stdin = self._stdin()
        with contextlib.suppress(BrokenPipeError):
            if stdin.closed:  # the reader was faster
                return
            stdin.write(msgspec.json.encode(spec) + b"\n")
            stdin.flush()

    def next_line(self, look: Callable[[_Worker], None]) -> bytes | None:
        """The worker's next answer; None when it has ended. `look` is called four times a second."""
        while (end := self._rest.find(b"\n")) < 0:
            if not self._poll.poll(250):
                look(self)
                continue
            chunk = os.read(self._result, 1 << 16)
            if not chunk:
                return None
            self._rest += chunk
        line = bytes(self._rest[:end])
        del self._rest[: end + 1]
        return line

    def kill(self) -> None:
        """End the process and all that it started."""
        self.is_killed = True
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self) -> str:
        """How the process ended, once it has."""
        if self._process is None:
            return "it was never started"
        code = self._process.wait()
        with contextlib.suppress(BrokenPipeError, OSError):
            self._stdin().close()
        if code < 0:
            name = _SIGNALS.get(-code, str(-code))
            return f"the worker was killed by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")
        return f"the worker ended with exit code {code}"

    def forget(self) -> None:
        """Close what this process has open for the worker."""
        self.wait()
        os.close(self._result)

    def _stdin(self) -> IO[bytes]:
        assert self._process is not None
        assert self._process.stdin is not None
        return self._process.stdin
