"""Wakes the coroutines that wait for something to be committed, so that waiting takes no thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Waiter:
    """One waiting coroutine. A commit between two waits is not missed."""

    def __init__(self) -> None:
        self._loop, self._woken = asyncio.get_running_loop(), asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """Until something is committed; False where nothing was, after so many seconds."""
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    def now(self) -> float:
        """Seconds of the loop's clock."""
        return self._loop.time()

    def wake(self) -> None:
        """From any thread."""
        with suppress(RuntimeError):  # the loop has ended, and what was committed must not seem to have failed
            self._loop.call_soon_threadsafe(self._woken.set)


class Commits:
    """Knows who waits. `wake` is called after each commit, from any thread."""

    def __init__(self) -> None:
        self._waiters: set[Waiter] = set()
        self._lock = threading.Lock()
        self.is_closed = False

    @contextmanager
    def waiter(self) -> Iterator[Waiter]:
        """For the length of the block."""
        made = Waiter()
        with self._lock:
            self._waiters.add(made)
        try:
            yield made
        finally:
            with self._lock:
                self._waiters.discard(made)

    def wake(self) -> None:
        with self._lock:
            waiters = list(self._waiters)
        for each in waiters:
            each.wake()

    def close(self) -> None:
        """Nobody is to wait any longer, so that the server can stop."""
        self.is_closed = True
        self.wake()
