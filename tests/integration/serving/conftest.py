from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from meguri.testing.ledger import Ledger
from tests.integration.serving.world import World, make_world


@pytest.fixture
def world(ledger: Ledger, home: Path) -> Iterator[World]:
    """Serving, endpoint `bikes` of project `bikes`, and versions mv_1 to mv_3; nothing is deployed."""
    with make_world(ledger, home) as made:
        yield made
