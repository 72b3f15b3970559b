"""What a training script uses: `meguri.init()`, `log()`, `finish()`."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, SupportsFloat, SupportsIndex
from urllib.parse import quote

from meguri.core.errors import Conflict, Invalid, MeguriError, RunFinished, Unavailable
from meguri.core.ids import new_id
from meguri.core.points import WirePoint, ensure_metric_key, wire_value
from meguri.core.retries import retrying
from meguri.sdk.capture import run_environment
from meguri.sdk.client import Client, connect
from meguri.sdk.console import Console
from meguri.sdk.sink import RunSink, ServerSink
from meguri.sdk.sync import sync
from meguri.sdk.values import Value, checked_step, files_below, flat_values

logger = logging.getLogger("meguri")

FINISH_SECONDS = 60.0
"""How long `finish` waits for a server that is away."""
EXIT_SECONDS = 10.0
START_SECONDS = 5.0


class Run:
    """A run that this process logs to. `init` and `attach` make it; all methods may be called from any thread.

    As a context manager it ends with the block: as `finished`, or as `failed` where the block raises (`killed` for Ctrl-C).

    Args:
        id: The id of a run that the server knows.
        sink: Where what is logged goes.
        listens: Whether what this process prints is recorded too.

    Raises:
        RunFinished: From `log`, `params`, `tags` and `artifact`, after the run has ended.

    Example:
        with mg.init("demo") as run:
            run.log({"loss": 0.5})
            print(run.id)
    """

    def __init__(self, id: str, sink: RunSink, *, listens: bool) -> None:
        self.id = id
        self._sink = sink
        self._known_keys: dict[str, str] = {}
        self._step = 0
        self._lock = threading.Lock()
        self._is_over = False
        self._console = Console(self._add_lines) if listens else None
        self._raised = _uncaught()

    def log(self, metrics: Mapping[str, SupportsFloat], step: SupportsIndex | None = None) -> None:
        """Record values of metrics. Returns at once: a background thread sends them.

        When it returns, the values are in a file and survive the death of this process (docs/tutorials/tracking.md, "What is safe").

        Args:
            metrics: Values by name: numbers, or what `float()` accepts, such as a tensor with one element. NaN and infinities are kept.
            step: A whole number; by default one more than the largest step so far.

        Raises:
            Invalid: A value is not a number, or `step` is not a whole number.
            RunFinished: The run has ended.
        """
        if self._is_over:
            raise RunFinished(self.id)
        at = time.time_ns() // 1_000
        with self._lock:
            at_step = self._step if step is None else checked_step(step)
            points = [self._point(key, at_step, value, at) for key, value in metrics.items()]
            self._step = max(self._step, at_step + 1)
            if points:
                self._sink.add_points(points)

    def params(self, values: Mapping[str, Value] | None = None, /, **more: Value) -> None:
        """Record parameters: text, numbers, booleans or None by name. A nested dictionary becomes names with dots (`optimizer.name`).

        Raises:
            Invalid: A name is not allowed.
            RunFinished: The run has ended.
        """
        self._add("params", values, more)

    def tags(self, values: Mapping[str, Value] | None = None, /, **more: Value) -> None:
        """Record tags: values by name, as for `params`. A tag that is set again is replaced.

        Raises:
            Invalid: A name is not allowed.
            RunFinished: The run has ended.
        """
        self._add("tags", values, more)

    def artifact(self, path: str | os.PathLike[str], name: str | None = None, kind: str = "file") -> list[dict[str, Any]]:  # Any: JSON
        """Upload a file, or every file of a folder, and wait until the server has it.

        Args:
            path: The file or the folder. A symbolic link inside a folder is refused, because it may lead to files that were not meant.
            name: The artifact's name; by default the file's. Files of a folder are named `name/...`.
            kind: A word for people and filters, such as `"model"`.

        Returns:
            What was saved: a dictionary for each file, with its name, size and digest.

        Raises:
            Invalid: There is no such file or folder, or it contains a symbolic link.
            RunFinished: The run has ended.
            Unavailable: The server did not answer for a minute.
        """
        if self._is_over:
            raise RunFinished(self.id)
        return [self._sink.upload(each, file, kind) for each, file in files_below(Path(path), name)]

    def flush(self, timeout_seconds: float = FINISH_SECONDS) -> bool:
        """Wait until the server has everything that was logged so far. Returns False where that takes longer than `timeout_seconds`."""
        return self._sink.flush(timeout_seconds)

    def finish(self, status: str = "finished", error: str | None = None, timeout_seconds: float = FINISH_SECONDS) -> None:
        """End the run, after sending what is left. A second call does nothing.

        Args:
            status: `"finished"`, `"failed"` or `"killed"`.
            error: Why it failed, as text.
            timeout_seconds: How long to wait for a server that does not answer. After that everything, including the end of the run,
                stays in a file that the next `init` or `sync` sends.
        """
        if self._begin_end():
            self._sink.finish(status, error, timeout_seconds)
            forget(self)

    def detach(self, timeout_seconds: float = FINISH_SECONDS) -> None:
        """Send what is left and stop logging to the run, which goes on. `timeout_seconds`: as for `finish`."""
        if self._begin_end():
            self._sink.detach(timeout_seconds)
            forget(self)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.finish(*_ending(error))

    def __repr__(self) -> str:
        return f"<Run {self.id}>"

    def _point(self, key: str, step: int, value: SupportsFloat, at: int) -> WirePoint:
        known = self._known_keys.get(key)
        if known is None:
            known = self._known_keys[key] = str.__str__(ensure_metric_key(key))  # NumPy's texts are not JSON's
        try:
            return known, step, wire_value(float(value)), at
        except (TypeError, ValueError) as error:
            why = f"{key!r} is {repr(value)[:60]}, which is not a number: save other things with run.params or run.artifact"
            raise Invalid("metric", why) from error

    def _add(self, kind: Any, values: Mapping[str, Value] | None, more: Mapping[str, Value]) -> None:  # Any: "params" or "tags"
        if self._is_over:
            raise RunFinished(self.id)
        flat = flat_values({**(values or {}), **more}, kind)
        if flat:
            self._sink.add(kind, flat)

    def _add_lines(self, lines: list[str]) -> None:
        if not self._is_over:
            self._sink.add_lines(lines)

    def _begin_end(self) -> bool:
        """Whether this call is to end the run: False if another one has, or if it is not this process's to end."""
        if not self._sink.ends:
            return False
        if self._console is not None:
            self._console.stop()
        with self._lock:
            begins = not self._is_over
            self._is_over = True
        return begins

    def _after_fork(self) -> None:
        self._lock = threading.Lock()
        self._sink.after_fork()
        if self._console is not None:
            self._console.after_fork()


_runs: list[Run] = []
_runs_lock = threading.Lock()
_prepared = False


def init(
    project: str = "default",
    name: str = "",
    *,
    experiment: str = "default",
    params: Mapping[str, Any] | None = None,  # Any: values or mappings of them
    tags: Mapping[str, Any] | None = None,  # Any: as above
    id: str | None = None,
    parent: Run | str | None = None,
    console: bool = True,
    url: str | None = None,
    token: str | None = None,
    home: str | os.PathLike[str] | None = None,
) -> Run:
    """Start a run. `log`, `finish` and `run` of this process refer to the run that was started last.

    Recorded automatically: git commit, branch and diff, the command line, Python and package versions, CPU, memory, GPUs, host, and what
    is printed. Environment variables are not recorded.

    Args:
        project: The project; it is created where there is none of that name.
        name: A name for people.
        experiment: A group of runs within the project.
        params: Parameters, as for `Run.params`.
        tags: Tags, as for `Run.tags`.
        id: The id of a run that has not ended, to log to it too, from this process. Without it a new run is started.
        parent: The run that this one is a part of, such as a sweep.
        console: Whether what this process prints is recorded.
        url: As for `connect`.
        token: As for `connect`.
        home: As for `connect`.

    Returns:
        The run.

    Raises:
        Invalid: A name, a parameter or a tag is not allowed.
        RunFinished: The run with that `id` has ended.
        Unavailable: The server does not answer.
        HomeInUse: Another process owns the home directory and does not listen.
        Unsupported: No server is running, and the installation has none to run.

    Example:
        run = mg.init("demo", "first try", params={"lr": 0.1}, tags={"dataset": "bikes"})
        for step in range(3):
            mg.log({"loss": 1 / (step + 1)}, step=step)
        mg.finish()
    """
    client = connect(url, token, home)
    try:
        found = run_environment()
        body = {
            "id": id or new_id("run"),
            "experiment": experiment,
            "name": name,
            "params": flat_values(params or {}, "params"),
            "tags": flat_values(tags or {}, "tags"),
            "environment": found.values,
            "texts": found.texts,
            "parent": parent.id if isinstance(parent, Run) else parent,
        }
        start = retrying(Unavailable, within_seconds=START_SECONDS)  # the id makes a repeated request harmless
        started = start(client.post, f"/api/v1/projects/{quote(project, safe='')}/runs", body)
        if started["status"] != "running":
            raise RunFinished(started["id"])
    except BaseException:
        client.close()
        raise
    begun = Run(started["id"], ServerSink(started["id"], client, finishes=True), listens=console)
    remember(begun)
    threading.Thread(target=_send_leftovers, args=(client,), name="meguri-sync", daemon=True).start()
    return begun


def attach(id: str, *, url: str | None = None, token: str | None = None, home: str | os.PathLike[str] | None = None) -> Run:
    """Log to a run that another process started and will end. Ending it here only stops this process's logging.

    Args:
        id: The id of the run.
        url: As for `connect`.
        token: As for `connect`.
        home: As for `connect`.

    Returns:
        The run. Whether the server knows it is not asked; what is logged to an unknown run is refused later.

    Raises:
        HomeInUse: Another process owns the home directory and does not listen.
        Unsupported: No server is running, and the installation has none to run.

    Example:
        main = mg.init("demo")
        helper = mg.attach(main.id)
        helper.log({"rows": 100})
        helper.finish()
        main.finish()
    """
    attached = Run(id, ServerSink(id, connect(url, token, home), finishes=False), listens=False)
    remember(attached)
    return attached


def run() -> Run:
    """Return the current run: the one that this process started last and has not ended.

    In a pipeline step it is the run of the step. Where `MEGURI_RUN` holds the id of a run, it is that run.

    Returns:
        The run.

    Raises:
        Conflict: No run is going on in this process.

    Example:
        mg.init("demo")
        mg.run().tags(reviewed=False)
        mg.finish()
    """
    newest = _newest()
    if newest is not None:
        return newest
    step = os.environ.get("MEGURI_RUN")
    if step:
        return attach(step)
    raise Conflict("no run goes on in this process: begin one with meguri.init()")


def log(metrics: Mapping[str, SupportsFloat], step: SupportsIndex | None = None) -> None:
    """Record values of metrics in the current run, as `Run.log` does.

    Args:
        metrics: Values by name: numbers, or what `float()` accepts, such as a tensor with one element. NaN and infinities are kept.
        step: A whole number; by default one more than the largest step so far.

    Returns:
        None, at once: a background thread sends the values.

    Raises:
        Conflict: No run is going on in this process.
        Invalid: A value is not a number, or `step` is not a whole number.

    Example:
        mg.init("demo")
        mg.log({"loss": 0.5, "accuracy": 0.8}, step=10)
        mg.finish()
    """
    run().log(metrics, step)


def finish(status: str = "finished", error: str | None = None) -> None:
    """End the current run, as `Run.finish` does; without a current run it does nothing.

    A run that is not finished explicitly ends with the process.

    Args:
        status: `"finished"`, `"failed"` or `"killed"`.
        error: Why it failed, as text.

    Returns:
        None, when the server has everything or after a minute; what it does not have then stays in a file that the next `init` or `sync`
        sends.

    Raises:
        Nothing.

    Example:
        mg.init("demo")
        mg.finish("failed", error="the loss is NaN")
    """
    newest = _newest()
    if newest is not None:
        newest.finish(status, error)


def detach() -> None:
    """Stop logging to the current run, if there is one, without ending it."""
    newest = _newest()
    if newest is not None:
        newest.detach()


def _newest() -> Run | None:
    with _runs_lock:
        return _runs[-1] if _runs else None


def remember(run: Run) -> None:
    global _prepared
    with _runs_lock:
        _runs.append(run)
        if not _prepared:
            _prepared = True
            atexit.register(_finish_all)
            os.register_at_fork(after_in_child=_after_fork)


def forget(run: Run) -> None:
    with _runs_lock, suppress(ValueError):
        _runs.remove(run)


def _finish_all() -> None:
    """Called at the end of the process: finish the runs that were not finished."""
    for run in reversed(_runs[:]):
        uncaught = _uncaught()
        run.finish(*_ending(uncaught if uncaught is not run._raised else None), timeout_seconds=EXIT_SECONDS)


def _after_fork() -> None:
    global _runs_lock
    _runs_lock = threading.Lock()
    for run in _runs:
        run._after_fork()


def _uncaught() -> BaseException | None:
    """What the interpreter reported last as not caught."""
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    return error if isinstance(error, BaseException) else None


def _ending(error: BaseException | None) -> tuple[str, str | None]:
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return "finished", None
    if isinstance(error, KeyboardInterrupt):
        return "killed", "interrupted from the keyboard"
    return "failed", f"{type(error).__name__}: {error}"


def _send_leftovers(client: Client) -> None:
    with suppress(MeguriError, RuntimeError, OSError):  # the run may be over, and the client closed, before this is done
        report = sync(client)
        if report.sent:
            logger.info("meguri: sent what earlier processes had left: %s", ", ".join(report.sent))
