"""The entry point of a step worker: `python -m meguri.app.step_worker --result-fd N [--folder F]`.

Takes tasks as lines of JSON on stdin, one at a time, and answers each on the given file descriptor with two lines of JSON: that it begins,
and its result. While a task runs, stdout and stderr are its log. The process ends when stdin does, or with the process that made it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from meguri.app.child import ends_with_parent


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="meguri.app.step_worker")
    parser.add_argument("--result-fd", type=int, required=True)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args(arguments)
    _die_with_parent()
    os.set_inheritable(options.result_fd, False)
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    _listen(tasks)
    if options.folder is not None:
        sys.path.insert(0, str(options.folder))
    worker = _make_worker(options.folder)
    with os.fdopen(options.result_fd, "wb") as results:
        while True:
            task = msgspec.json.decode(tasks.get())
            try:
                with _log_of(task["log"]):
                    worker.prepare(task["payload"])
                    results.write(b'{"started":true}\n')
                    results.flush()
                    answer = worker.run(task["payload"], Path(task["scratch"]))
            except OSError as error:  # a full disk takes no log either
                answer = worker.refuse(error)
            results.write(msgspec.json.encode(answer) + b"\n")
            results.flush()


def _make_worker(folder: Path | None) -> Any:  # Any: a Worker, whose module is only loaded here
    """Load what every task needs; the heavy part of a start, and done before there is a task where a worker is started ahead."""
    from meguri.adapters.tables.delta import DeltaTables
    from meguri.app.runners import load_runner
    from meguri.pipelines.worker import Worker
    from meguri.sdk.recording import recording

    return Worker(load_runner, DeltaTables, recording, folder)


def _die_with_parent() -> None:
    parent = os.getppid()
    ends_with_parent(signal.SIGKILL)()
    if os.getppid() != parent:  # it died before the kernel was asked
        os._exit(1)


def _listen(tasks: queue.SimpleQueue[bytes]) -> None:
    """Read tasks from what was stdin, from a thread that also notices its end in the middle of a task."""
    channel = os.fdopen(os.dup(0), "rb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)

    def read() -> None:
        for line in channel:
            tasks.put(line)
        os._exit(0)

    threading.Thread(target=read, name="meguri-tasks", daemon=True).start()


@contextlib.contextmanager
def _log_of(path: str) -> Iterator[None]:
    """Send stdout and stderr, also those of C code and of children, to a file."""
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    kept = os.dup(1)
    for number in (1, 2):
        os.dup2(log, number)
    os.close(log)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(ValueError, OSError):  # closed by the step, or its disk is full
                stream.flush()
        for number in (1, 2):
            os.dup2(kept, number)
        os.close(kept)


if __name__ == "__main__":
    main()
