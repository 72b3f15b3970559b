"""Logging inside a step of a pipeline: what is logged is returned with the step's result, so a worker needs no server and no token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, Protocol

from meguri.core.errors import Unsupported
from meguri.core.points import Point, WirePoint, from_wire
from meguri.sdk.run import Run, forget, remember
from meguri.sdk.spool import Kind


class Sink(Protocol):
    """Takes what a step logs."""

    def points(self, points: list[Point]) -> None: ...

    def params(self, params: Mapping[str, Any]) -> None: ...  # Any: text, numbers, booleans or None

    def tags(self, tags: Mapping[str, Any]) -> None: ...  # Any: as above


@contextmanager
def recording(sink: Sink) -> Iterator[None]:
    """In this block `meguri.log()` and `meguri.run()` refer to the run of the present step."""
    run = Run("the step's run", _StepSink(sink), listens=False)
    remember(run)
    try:
        yield
    finally:
        forget(run)


class _StepSink:
    """A RunSink over what a step's worker records; the worker ends the run, and what a forked process logs is lost with it."""

    ends = False

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def add_points(self, points: list[WirePoint]) -> None:
        self._sink.points(from_wire(points))

    def add(self, kind: Kind, content: Mapping[str, Any]) -> None:  # Any: as in Sink
        (self._sink.params if kind == "params" else self._sink.tags)(content)

    def add_lines(self, lines: list[str]) -> None:
        """What a step prints is in its log already."""

    def upload(self, name: str, file: Path, kind: str) -> NoReturn:
        raise Unsupported("saving files from inside a step", "return the value from the step: it is kept, and can be opened from its run")

    def flush(self, timeout_seconds: float) -> bool:
        return True

    def finish(self, status: str, error: str | None, timeout_seconds: float) -> None: ...

    def detach(self, timeout_seconds: float) -> None: ...

    def after_fork(self) -> None: ...
