"""A bundle is what was sent, byte for byte."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import select

from meguri.adapters.blobs.local import LocalBlobs
from meguri.core.definitions.features import EntityDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.digests import digest_of
from meguri.core.errors import Invalid
from meguri.registry.projects import Projects, bundles
from meguri.testing.ledger import Ledger


@pytest.fixture
def projects(ledger: Ledger, home: Path) -> Projects:
    return Projects(ledger.events, ledger.lineage, ledger.projects, LocalBlobs(home / "blobs"), home, ledger.clock)


def archive(**files: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as opened:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            opened.addfile(entry, io.BytesIO(content.encode()))
    return buffer.getvalue()


def test_a_bundle_is_hashed_and_stored_as_the_bytes_that_were_sent(ledger: Ledger, projects: Projects) -> None:
    """Another spacing, another order of keys and a field of a later release are another bundle, on every release the same."""
    definition = ProjectDefinition("bikes", entities=(EntityDefinition("city", "city"),))
    plain = definition.to_json()
    sent = json.dumps({**json.loads(plain), "added_later": 1}, indent=1).encode()
    source = archive(x="1")
    with ledger.db.write() as tx:
        first = projects.apply(tx, plain, source)
        second = projects.apply(tx, sent, source)
        stored = {row.digest: row.manifest for row in tx.execute(select(bundles))}
        assert projects.get_definition(tx, "bikes") == definition
    assert stored == {first.bundle: plain, second.bundle: sent}
    assert second.bundle == digest_of(sent + digest_of(source).encode())


def test_a_manifest_that_is_too_large_is_refused(ledger: Ledger, projects: Projects) -> None:
    manifest = ProjectDefinition("bikes", description="x" * 5_000_000).to_json()
    with pytest.raises(Invalid, match="the limit is 4,194,304"), ledger.db.write() as tx:
        projects.plan(tx, manifest, archive())
