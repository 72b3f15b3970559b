"""What a test needs of the machine: where it is missing the test is skipped, or fails if MEGURI_TEST_REQUIRE names it."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(what: str, why: str) -> NoReturn:
    """End the test for want of `what` (`postgresql`, `chromium`). In continuous integration nothing may be skipped."""
    required = [name.strip() for name in os.environ.get("MEGURI_TEST_REQUIRE", "").split(",")]
    if what in required:
        pytest.fail(f"{what} is required by MEGURI_TEST_REQUIRE, but {why}", pytrace=False)
    pytest.skip(f"{what}: {why}")
