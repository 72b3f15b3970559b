"""Programs and data that a test needs of the machine. Without them the test is skipped, or fails if MEGURI_TEST_REQUIRE names them."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(what: str, why: str) -> NoReturn:
    """End the test because `what` is not there: fail if the list in MEGURI_TEST_REQUIRE names it, else skip.

    Names in use: `postgresql`, `chromium`, `curl`, `mount` (a small file system can be mounted), `bikes` (the data set of the demo),
    `integrations` (the environment of `make test-integrations`).
    """
    required = [name.strip() for name in os.environ.get("MEGURI_TEST_REQUIRE", "").split(",")]
    if what in required:
        pytest.fail(f"{what} is required by MEGURI_TEST_REQUIRE, but {why}", pytrace=False)
    pytest.skip(f"{what}: {why}")
