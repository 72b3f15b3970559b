from __future__ import annotations

import pytest

from meguri.testing.require import missing


def test_what_is_missing_skips_where_nothing_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEGURI_TEST_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="chromium: it is not there"):
        missing("chromium", "it is not there")


def test_what_is_missing_fails_where_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURI_TEST_REQUIRE", "postgresql, chromium")
    with pytest.raises(pytest.fail.Exception, match="chromium is required by MEGURI_TEST_REQUIRE, but it is not there"):
        missing("chromium", "it is not there")
