"""Logging inside a step of a pipeline: what is logged goes back with the step's result, so a worker needs no server and no token."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn, Protocol, cast

from meguri.core.errors import Unsupported
from meguri.core.points import Point, WirePoint, from_wire
from meguri.sdk.buffer import Buffer
from meguri.sdk.client import Client
from meguri.sdk.run import Run, _forget, _remember


class Sink(Protocol):
    """Takes what a step logs."""

    def points(self, points: list[Point]) -> None: ...

    def params(self, params: Mapping[str, Any]) -> None: ...  # Any: text, numbers, booleans or None

    def tags(self, tags: Mapping[str, Any]) -> None: ...  # Any: as above


@contextmanager
def recording(sink: Sink) -> Iterator[None]:
    """Let `meguri.log()` and `meguri.run()` mean the run of the present step."""
    run = _StepRun(sink)
    _remember(run)
    try:
        yield
    finally:
        _forget(run)


class _StepRun(Run):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        super().__init__("the step's run", cast(Client, None), listens=False, finishes=False)  # it has no server to speak with

    def artifact(self, path: str | os.PathLike[str], name: str | None = None, kind: str = "file") -> NoReturn:
        raise Unsupported("saving files from inside a step", "return the value from the step: it is kept, and can be opened from its run")

    def flush(self, timeout_seconds: float = 0.0) -> bool:
        return True

    def finish(self, status: str = "finished", error: str | None = None, timeout_seconds: float = 0.0) -> None:
        """The step ends the run."""

    def detach(self, timeout_seconds: float = 0.0) -> None:
        """The step ends the run."""

    def _make_buffer(self) -> Buffer:
        return cast(Buffer, _Direct(self._sink))  # the two methods of a buffer that a run's logging uses


class _Direct:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def add_points(self, points: list[WirePoint]) -> None:
        self._sink.points(from_wire(points))

    def add(self, kind: str, content: Mapping[str, Any]) -> None:  # Any: as in Sink
        (self._sink.params if kind == "params" else self._sink.tags)(content)

    def abandon(self) -> None:
        """Called in a forked process, whose records are lost with it."""
