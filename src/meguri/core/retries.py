"""Retries, by tenacity: after which errors, for how long, and with which pauses."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_any, stop_before_delay, wait_exponential


def retrying(
    *errors: type[Exception],
    attempts: float = math.inf,
    within_seconds: float = math.inf,
    first_seconds: float = 0.2,
    longest_seconds: float = 10.0,
    unless: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep,
    on_error: Callable[[BaseException], object] = lambda _error: None,
) -> Retrying:
    """`retrying(...)(function, argument)` calls the function again after one of these errors; pauses double from the first to the longest.

    It gives up after so many attempts, before a pause that would end beyond `within_seconds`, or where `unless` holds, and raises the last
    error as it is; with none of them it goes on until the function returns. `on_error` is called before each pause. What `sleep` raises
    ends it too.
    """

    def before_sleep(state: RetryCallState) -> None:
        if state.outcome is not None and (error := state.outcome.exception()) is not None:
            on_error(error)

    return Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, errors) and not unless()),
        stop=stop_any(stop_after_attempt(attempts), stop_before_delay(within_seconds)),  # type: ignore[arg-type]  # it compares only
        wait=wait_exponential(first_seconds, longest_seconds),
        sleep=sleep,
        before_sleep=before_sleep,
        reraise=True,
    )
