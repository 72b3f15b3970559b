"""The platform's own threads: one delivers events and starts jobs, one advances the watermark of projects on the wall clock, one keeps
the file of those who may call endpoints right."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from meguri.core.errors import Unavailable

logger = logging.getLogger(__name__)


class PeriodicTask:
    """Calls `work` whenever it is woken, and at the latest after `every_seconds`. An error is logged, and the next call comes."""

    def __init__(self, name: str, work: Callable[[], object], every_seconds: float) -> None:
        self._work, self._every = work, every_seconds
        self._name = name
        self._woken, self._stopped = threading.Event(), False
        self._failure = ""
        self._thread = threading.Thread(target=self._run, name=f"meguri-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._woken.set()

    def ensure_running(self) -> None:
        """Raises Unavailable where the thread does not run, or its last call failed."""
        if not self._thread.is_alive():
            raise Unavailable(f"task {self._name!r}", "its thread does not run: start the server again")
        if self._failure:
            raise Unavailable(f"task {self._name!r}", self._failure)

    def stop(self, timeout_seconds: float = 30.0) -> None:
        """Let the call that is under way end, and begin no other."""
        self._stopped = True
        self._woken.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while True:
            self._woken.wait(self._every)
            self._woken.clear()
            if self._stopped:
                return
            try:
                self._work()
                self._failure = ""
            except Unavailable as error:
                self._failure = error.message
                logger.warning("a periodic task waits", extra={"task": self._name, "why": error.message})
            except Exception as error:  # the thread must outlive a full disk or a lost database; the next call tries again
                self._failure = f"its last call failed ({type(error).__name__}), see the server's log"
                logger.exception("a periodic task failed", extra={"task": self._name})
