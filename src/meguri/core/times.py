"""Time: aware UTC everywhere, microseconds on the wire, durations written as people write them (`"7d"`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from meguri.core.errors import Invalid

Clock = Callable[[], datetime]
"""Gives the present moment (aware UTC); passed in, so that a test can set it."""

_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_PART = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h|d|w)")
_DATE = re.compile(r"\d{4}-?(\d\d|W\d\d)-?\d{1,2}([Tt ]|$)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The years 1 to 9999 in microseconds since 1970: what a datetime can hold."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def micros(at: datetime) -> int:
    """Microseconds since 1970 (UTC) of an aware datetime; exact, no float on the way."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_micros(value: int) -> datetime:
    return _EPOCH + timedelta(microseconds=value)


def is_moment(value: int) -> bool:
    """Whether microseconds since 1970 name a moment that a datetime can hold. Others must not be stored: they could not be read."""
    return _FIRST <= value <= _LAST


def parse_time(text: str, field: str = "time") -> datetime:
    """Read ISO 8601 with a zone (`2011-05-01T00:00:00Z`). Raises Invalid for text that is no time or has no zone."""
    try:
        if not _DATE.match(text):  # fromisoformat reads thirteen digits as a date and a time
            raise ValueError(text)
        at = datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise Invalid(field, f"{text!r} is not a time: send ISO 8601 with a zone, such as 2011-05-01T00:00:00Z") from error
    if at.tzinfo is None:
        raise Invalid(field, f"{text!r} has no time zone: add Z or an offset such as +09:00")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise Invalid(field, f"{text!r} is not within the years 1 to 9999 in UTC") from error


def iso(at: datetime) -> str:
    """`2011-05-01T00:00:00Z`, with a fraction only where there is one."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def seconds(duration: str | float | timedelta, field: str = "duration") -> float:
    """Seconds of `"90s"`, `"24h"`, `"7d"`, `"1d12h"`, a number of seconds or a timedelta. Raises Invalid."""
    if isinstance(duration, timedelta):
        return duration.total_seconds()
    if isinstance(duration, int | float):
        return float(duration)
    parts = _PART.findall(duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        raise Invalid(field, f"{duration!r} is not a duration: write a number and a unit (us ms s m h d w), such as 24h or 7d")
    return float(sum(float(number) * _UNITS[unit] for number, unit in parts))


def show_seconds(value: float) -> str:
    """The other way, in the largest unit that divides it: `604800` -> `7d`, `5400` -> `90m`."""
    for unit in ("d", "h", "m"):
        if value >= _UNITS[unit] and value % _UNITS[unit] == 0:
            return f"{int(value // _UNITS[unit])}{unit}"
    return f"{value:g}s"
