"""Times are read where they say what they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from meguri.core.errors import Invalid
from meguri.core.times import parse_time


@pytest.mark.parametrize("text", ["2011-05-01T00:00:00Z", "20110501T000000Z", "2011-05-01 09:00:00+09:00", "2011-04-30T15:00:00.000-09:00"])
def test_iso_8601_with_a_zone_is_read(text: str) -> None:
    assert parse_time(text) == datetime(2011, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["1304208000", "1304208000000", "1304208000000000", "1311121512000Z", "1311121512000+00:00", "noon", "", "2011-05-01T00:00:00"]
)
def test_numbers_and_times_without_a_zone_are_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"^since: .*(is not a time: send ISO 8601 with a zone|has no time zone)"):
        parse_time(text, "since")
