"""Console output of this process, shown as before and kept with the run."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, TextIO

LINE_LIMIT = 5_000
TOTAL_LIMIT = 10_000_000
"""Characters of a run; beyond that, output is shown only."""


class Console:
    """Copies what goes to `sys.stdout` and `sys.stderr` until it is stopped. `keep` gets complete lines."""

    def __init__(self, keep: Callable[[list[str]], None]) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._left = TOTAL_LIMIT
        self._out, self._err = _Tee(sys.stdout, self), _Tee(sys.stderr, self)
        sys.stdout, sys.stderr = self._out, self._err

    def heard(self, tee: _Tee, text: str) -> None:
        with self._lock:
            *lines, tee.rest = (tee.rest + text).split("\n")
            tee.rest = tee.rest.rpartition("\r")[2][:LINE_LIMIT]  # a progress bar: what it shows last counts
            self._hand_on([line.rstrip("\r").rpartition("\r")[2][:LINE_LIMIT] for line in lines])

    def after_fork(self) -> None:
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Put the streams back, unless they have been replaced since."""
        with self._lock:
            self._hand_on([tee.rest for tee in (self._out, self._err) if tee.rest])
            self._left = 0
        if sys.stdout is self._out:
            sys.stdout = self._out.stream
        if sys.stderr is self._err:
            sys.stderr = self._err.stream

    def _hand_on(self, lines: list[str]) -> None:
        if lines and self._left > 0:
            self._left -= sum(map(len, lines))
            self._keep(lines)


class _Tee:
    """A stream whose text is copied."""

    def __init__(self, stream: TextIO, console: Console) -> None:
        self.stream, self.rest = stream, ""
        self._console = console

    def write(self, text: str) -> int:
        written = self.stream.write(text)
        self._console.heard(self, text)
        return written

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:  # Any: whatever the stream has
        return getattr(self.stream, name)
