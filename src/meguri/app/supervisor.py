"""Keeps the server's child processes running."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 10.0
STEADY_SECONDS = 10.0
"""A child that lived this long has started well: its next failure is retried at once again."""

LARGEST_LOG = 4 << 20
"""Bytes at which a child's log is moved to `NAME.log.1` and begun again."""


@dataclass(frozen=True, slots=True)
class ChildState:
    """`waiting`: it ended and is started again after a delay. `last_exit`: status of its last end, negative for a signal."""

    name: str
    state: Literal["starting", "ready", "waiting"]
    pid: int | None
    starts: int
    last_exit: int | None
    log: Path


class Supervisor:
    """Starts children, starts them again with growing delays when they end, and ends them all.

    A child's stdin is a pipe that nobody writes to: it ends when this process stops or dies, and the child with it (`app.child`). All
    children are started from one thread that lives as long as the supervisor, because Linux ties a child's death signal to the thread
    that started it. Output goes to `LOGS/NAME.log`; the former `LARGEST_LOG` bytes are kept in `NAME.log.1`. `environment`: the variables
    of the children.
    """

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs, self._environment = logs, environment
        self._children: dict[str, _Child] = {}
        self._dropped: list[_Child] = []
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="meguri-supervisor", daemon=True)
        self._thread.start()

    def keep(self, name: str, command: Sequence[str], *, is_ready: Callable[[int], bool] = lambda _pid: True) -> None:
        """Keep a command running from now on; again with another command, the former child is replaced.

        `is_ready` is asked with the pid until it says yes.
        """
        with self._changed:
            known = self._children.get(name)
            if known is not None and known.command == tuple(command):
                return
            if known is not None:
                self._dropped.append(known)
            self._children[name] = _Child(name, tuple(command), is_ready, self._logs / f"{name}.log", self._environment)
            self._changed.notify_all()

    def drop(self, name: str) -> None:
        """End a child and forget it; nothing happens where there is none."""
        with self._changed:
            known = self._children.pop(name, None)
            if known is not None:
                self._dropped.append(known)
                self._changed.notify_all()

    def states(self) -> list[ChildState]:
        with self._changed:
            return [child.state() for _, child in sorted(self._children.items())]

    def stop(self, timeout_seconds: float = 15.0) -> None:
        """End all children: first by closing their input, after the timeout by killing them."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()
        for child in (*self._children.values(), *self._dropped):
            child.close_input()
        deadline = time.monotonic() + timeout_seconds
        for child in (*self._children.values(), *self._dropped):
            child.end(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._stopping:
                    return
                children, dropped, self._dropped = list(self._children.values()), self._dropped, []
            for child in dropped:
                child.close_input()
                child.end(15.0)
            for child in children:
                try:
                    child.look()
                except OSError:
                    logger.exception("child not started", extra={"child": child.name})
                    child.postpone()
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or bool(self._dropped), LOOK_SECONDS)


class _Child:
    def __init__(
        self, name: str, command: tuple[str, ...], is_ready: Callable[[int], bool], log: Path, environment: Mapping[str, str]
    ) -> None:
        self.name, self.command, self.log, self._environment = name, command, log, environment
        self.ready = False
        self._is_ready = is_ready
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._last_exit: int | None = None
        self._started_at = 0.0
        self._delay = 0.0
        self._start_after = 0.0

    def state(self) -> ChildState:
        state: Literal["starting", "ready", "waiting"] = "waiting" if self._process is None else "ready" if self.ready else "starting"
        return ChildState(self.name, state, self._process.pid if self._process else None, self._starts, self._last_exit, self.log)

    def look(self) -> None:
        """Start it if it is time to, record that it is ready or that it has ended, and keep its log small."""
        now = time.monotonic()
        self._rotate()
        if self._process is None:
            if now >= self._start_after:
                self._start(now)
            return
        status = self._process.poll()
        if status is not None:
            logger.warning("child ended", extra={"child": self.name, "status": status, "log": str(self.log)})
            self._last_exit = status
            self.close_input()
            self._process, self.ready = None, False
            if now - self._started_at > STEADY_SECONDS:
                self._delay = 0.0
            self.postpone()
        elif not self.ready and self._is_ready(self._process.pid):
            self.ready = True

    def postpone(self) -> None:
        """Wait before the next start, longer each time."""
        self._delay = min(self._delay * 2 or FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS)
        self._start_after = time.monotonic() + self._delay

    def close_input(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def end(self, timeout_seconds: float) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            logger.warning("child killed, it did not end", extra={"child": self.name})
            self._process.kill()
            self._process.wait()
        self._process, self.ready = None, False

    def _start(self, now: float) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=dict(self._environment), start_new_session=True
            )
        self._starts += 1
        self._started_at = now

    def _rotate(self) -> None:
        """Copy a log that has grown and empty it. The child appends, so it goes on at the start; lines between the two are lost."""
        try:
            if self.log.stat().st_size > LARGEST_LOG:
                shutil.copyfile(self.log, self.log.with_name(f"{self.log.name}.1"))
                os.truncate(self.log, 0)
        except FileNotFoundError:
            pass
        except OSError as error:
            logger.warning("log not rotated", extra={"log": str(self.log), "why": error.strerror})
