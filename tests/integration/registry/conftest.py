"""A registry on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from meguri.adapters.blobs.local import LocalBlobs
from meguri.core.ids import new_id
from meguri.registry.service import Registry
from meguri.testing.ledger import Ledger


@pytest.fixture
def registry(ledger: Ledger, tmp_path: Path) -> Registry:
    return Registry(ledger.db, ledger.events, ledger.lineage, LocalBlobs(tmp_path / "blobs"), ledger.clock, new_id)
