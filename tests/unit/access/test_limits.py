from __future__ import annotations

import pytest

from meguri.access.limits import RateLimit
from meguri.core.errors import LimitExceeded


class Now:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    now = Now()
    limit = RateLimit("requests", 2.0, 3.0, now)
    for _ in range(3):
        limit.take("a")
    with pytest.raises(LimitExceeded) as raised:
        limit.take("a")
    assert raised.value.fields == {"limit": "requests", "retry_after": 0.5}
    now.seconds = 0.5
    limit.take("a")
    with pytest.raises(LimitExceeded):
        limit.take("a")


def test_keys_have_buckets_of_their_own_and_one_that_was_taken_can_be_given_back() -> None:
    limit = RateLimit("attempts", 1.0, 1.0, Now())
    limit.take("a")
    limit.take("b")
    with pytest.raises(LimitExceeded):
        limit.take("a")
    limit.give_back("a")
    limit.give_back("a")  # no more than the burst
    limit.give_back("never taken")
    limit.take("a")
    with pytest.raises(LimitExceeded):
        limit.take("a")


def test_an_idle_bucket_fills_up_to_its_burst_and_no_further() -> None:
    now = Now()
    limit = RateLimit("requests", 1.0, 2.0, now)
    limit.take("a")
    now.seconds = 1_000.0
    limit.take("a")
    limit.take("a")
    with pytest.raises(LimitExceeded):
        limit.take("a")


def test_zero_is_no_limit() -> None:
    limit = RateLimit("requests", 0.0, 0.0, Now())
    for _ in range(1_000):
        limit.take("a")


def test_the_memory_is_bounded() -> None:
    limit = RateLimit("requests", 1.0, 1.0, Now())
    for number in range(10_100):
        limit.take(str(number))
    limit.take("0")  # forgotten, so full again
    with pytest.raises(LimitExceeded):
        limit.take("10099")
