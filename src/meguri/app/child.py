"""A child process of the server ends with the server."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1


def die_with_parent(stop: Callable[[], object], *, grace_seconds: float) -> None:
    """End this process with the one that started it, which holds the other end of stdin.

    `stop` is called, from another thread, when stdin ends: the parent wants this process to stop, or has ended. What still runs
    `grace_seconds` later is ended at once. On Linux the kernel sends SIGTERM too.
    """
    ends_with_parent(signal.SIGTERM)()
    threading.Thread(target=_watch, args=(stop, grace_seconds), name="meguri-parent", daemon=True).start()


def ends_with_parent(number: signal.Signals) -> Callable[[], object]:
    """A function to call in a child process: from then on the kernel sends it the signal when the thread that started it ends, even by
    kill -9. On Linux only; elsewhere it does nothing."""
    if sys.platform != "linux":
        return lambda: None
    libc = ctypes.CDLL(None)  # loaded here, as this may be called before a fork and the function after it
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, number)


def _watch(stop: Callable[[], object], grace_seconds: float) -> None:
    try:
        while os.read(0, 4_096):
            pass
    except OSError:
        pass
    logger.info("the parent process closed our input, stopping")
    stop()
    time.sleep(grace_seconds)
    os._exit(1)
