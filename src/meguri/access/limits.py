"""Token buckets: how often somebody may do something."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from meguri.core.errors import LimitExceeded

_MOST_KEYS = 10_000


class RateLimit:
    """A token bucket for each key: `burst` at once, refilled by `per_second`. Zero per second: no limit. Safe to use from any thread.

    `now` gives monotonic seconds. The keys used longest ago are forgotten beyond 10,000, which gives them a full bucket.
    """

    def __init__(self, what: str, per_second: float, burst: float, now: Callable[[], float]) -> None:
        self.what, self.per_second, self.burst, self.now = what, per_second, burst, now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """Take one from the bucket of a key. Raises LimitExceeded with the seconds until there is one."""
        if not self.per_second:
            return
        with self._lock:
            now = self.now()
            left, at = self._buckets.pop(key, (self.burst, now))
            left = min(self.burst, left + (now - at) * self.per_second)
            self._buckets[key] = (left - 1 if left >= 1 else left, now)
            if len(self._buckets) > _MOST_KEYS:
                self._buckets.popitem(last=False)
        if left < 1:
            raise LimitExceeded(self.what, retry_after=(1 - left) / self.per_second)

    def give_back(self, key: str) -> None:
        """Put one that was taken back into the bucket of a key."""
        with self._lock:
            if key in self._buckets:
                left, at = self._buckets[key]
                self._buckets[key] = (min(self.burst, left + 1), at)
