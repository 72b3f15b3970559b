from __future__ import annotations

from pathlib import Path

import pytest

from meguri.adapters.blobs.local import LocalBlobs
from meguri.ports.blobs import BlobStore
from meguri.testing.blobs import BlobContract


class TestLocalBlobs(BlobContract):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> BlobStore:
        return LocalBlobs(tmp_path)


def test_a_local_blob_cannot_be_written_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    path = blobs.path(blobs.put_bytes(b"abc"))
    assert path is not None and path.stat().st_mode & 0o777 == 0o444
    assert list((tmp_path / "incoming").iterdir()) == []
