"""The buffer between `run.log()` and the server: it takes records at once, and one thread sends them, in order.

Each record is appended to a spool file before `add` returns, and is sent from that file; only where the disk takes no more does it wait in
memory. A batch is sent until the server has acknowledged it; records are numbered, so the server drops what it has.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Any

from meguri.core.errors import Invalid, MeguriError
from meguri.core.points import WirePoint
from meguri.sdk.spool import Batch, Kind, Record, Spool, encode, next_batch
from meguri.sdk.sync import RETRYABLE

logger = logging.getLogger("meguri")

INTERVAL_SECONDS = 0.25
HEARTBEAT_SECONDS = 20.0
PAUSES_SECONDS = (0.1, 10.0)
"""The first pause after a failure, and the longest, between which they double."""
STOP_SECONDS = 5.0
EMPTY_ABOVE_BYTES = 8 << 20
MEMORY_RECORDS = 100_000
"""How many records wait in memory when the disk is full; what comes beyond that is dropped, and counted."""

Send = Callable[[Record], None]
"""Sends a batch. Raises MeguriError."""


class Buffer:
    """Takes records from any thread and sends them in order.

    `send` sends one batch, `heartbeat` is called every `HEARTBEAT_SECONDS`. `spool` None: records wait in memory only. With `sends` False
    records are only kept in the spool, for another process to send.
    """

    def __init__(
        self,
        send: Send,
        heartbeat: Callable[[], None],
        spool: Spool | None,
        *,
        sends: bool = True,
        pauses_seconds: tuple[float, float] = PAUSES_SECONDS,
    ) -> None:
        self._send, self._heartbeat, self._spool = send, heartbeat, spool
        self._first_pause, self._longest_pause = pauses_seconds
        self._lock = threading.Lock()
        self._points = self._lines = 0
        self._offset = spool.start if spool is not None else 0
        self._memory: deque[Record] = deque()
        self.dropped = 0
        """How many records were lost because disk and memory were full."""
        self._work, self._idle = threading.Event(), threading.Condition()
        self._stop = threading.Event()
        self._failures = 0
        self.refused: MeguriError | None = None
        """The error with which the server has refused the run; None before."""
        self._thread = threading.Thread(target=self._run, name="meguri-buffer", daemon=True)
        if sends:
            self._thread.start()

    def add_points(self, points: list[WirePoint]) -> None:
        """Durable against a kill of this process when it returns (unless the disk is full)."""
        with self._lock:
            first, self._points = self._points, self._points + len(points)
            self._keep(("points", first, points))

    def add_lines(self, lines: list[str]) -> None:
        with self._lock:
            first, self._lines = self._lines, self._lines + len(lines)
            self._keep(("lines", first, lines))

    def add(self, kind: Kind, content: Any) -> None:  # Any: as in Record
        with self._lock:
            self._keep((kind, 0, content))

    def drain(self, timeout_seconds: float) -> bool:
        """Wait until everything so far was sent; False when that took too long or the server refuses."""
        deadline = time.monotonic() + timeout_seconds
        with self._idle:
            while self._waiting() and self.refused is None:
                self._work.set()
                left = deadline - time.monotonic()
                if left <= 0 or not self._thread.is_alive():
                    return False
                self._idle.wait(min(left, 0.05))
        return self.refused is None

    def close(self) -> int:
        """Stop the thread, and delete the spool if all of it was sent; returns how many records were not."""
        self._stop.set()
        self._work.set()
        if self._thread.is_alive():
            self._thread.join(timeout=STOP_SECONDS)
        with self._lock:
            left, spool = len(self._memory), self._spool
            if spool is None or self._thread.is_alive():  # it hangs in a request; the file is closed with the process
                return left
            left += sum(1 for _ in spool.read(self._offset, max(1, spool.size - self._offset)))
            if self.refused is not None and left:
                spool.set_aside()
            spool.close(delete=left == 0)
        return left

    def abandon(self) -> None:
        """Stop using the spool, which belongs to the process that this one was forked from."""
        self._stop.set()
        if self._spool is not None:
            self._spool.close(delete=False)

    def _keep(self, record: Record) -> None:
        # Order: while anything waits in memory, everything after it does.
        if self._spool is not None and not self._memory:
            if self._spool.append(encode(record)):
                return
            logger.warning("meguri: no space for %s: what is logged now waits in memory only", self._spool.path)
        if len(self._memory) < MEMORY_RECORDS:
            self._memory.append(record)
        else:
            self.dropped += 1

    def _waiting(self) -> bool:
        with self._lock:
            return bool(self._memory) or (self._spool is not None and self._offset < self._spool.size)

    def _run(self) -> None:
        last_heartbeat = time.monotonic()
        while not self._stop.is_set():
            self._work.wait(INTERVAL_SECONDS)
            self._work.clear()
            while not self._stop.is_set() and self.refused is None and self._waiting():
                if not self._send_next():
                    break
            with self._idle:
                self._idle.notify_all()
            if time.monotonic() - last_heartbeat > HEARTBEAT_SECONDS:
                last_heartbeat = time.monotonic()
                self._send_heartbeat()

    def _send_next(self) -> bool:
        """Send one batch. False after a pause where that did not work."""
        batch = self._next_batch()
        if batch is None:
            return False
        try:
            self._send(batch.merged())
        except RETRYABLE as error:
            self._pause(error)
            return False
        except MeguriError as error:
            self._refuse(error, batch)
        self._failures = 0
        self._done(batch)
        return True

    def _next_batch(self) -> Batch | None:
        with self._lock:
            in_file = self._spool is not None and self._offset < self._spool.size
            in_memory = [] if in_file else [(record, 0) for record in islice(self._memory, 1_000)]
        if in_file and self._spool is not None:
            return next_batch(self._spool.read(self._offset))
        return next_batch(in_memory)

    def _done(self, batch: Batch) -> None:
        with self._lock:
            if batch.end:
                self._offset = batch.end
                if self._spool is not None and self._offset == self._spool.size and self._spool.size > EMPTY_ABOVE_BYTES:
                    self._spool.empty()
                    self._offset = self._spool.start
            else:
                for _ in batch.records:
                    self._memory.popleft()

    def _pause(self, error: MeguriError) -> None:
        self._failures += 1
        if self._failures == 3:
            logger.warning("meguri: %s; what is logged is kept and will be sent", error.message)
        longest = min(self._longest_pause, self._first_pause * 2 ** min(self._failures - 1, 20))
        self._stop.wait(longest * random.uniform(0.5, 1.0))

    def _refuse(self, error: MeguriError, batch: Batch) -> None:
        if isinstance(error, Invalid):
            logger.warning("meguri: %s of the run were refused and are dropped: %s", batch.kind, error.message)
        else:
            self.refused = error
            logger.warning("meguri: the server takes nothing more of this run: %s", error.message)

    def _send_heartbeat(self) -> None:
        if self.refused is None:
            try:
                self._heartbeat()
            except MeguriError as error:
                logger.debug("meguri: the heartbeat could not be sent", extra={"error": error.message})
