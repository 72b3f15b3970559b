from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from meguri.adapters.blobs.local import LocalBlobs
from meguri.adapters.series.sqlite import SqliteSeries
from meguri.core.digests import digest_of
from meguri.core.errors import Invalid, NotFound
from meguri.core.ids import new_id
from meguri.lineage.service import Node
from meguri.testing.ledger import Ledger, SettableClock
from meguri.tracking.model import Artifact, ensure_artifact_name
from meguri.tracking.service import Tracking


@pytest.fixture
def tracking(ledger: Ledger, tmp_path: Path) -> Tracking:
    series, blobs = SqliteSeries(tmp_path / "series.db"), LocalBlobs(tmp_path / "blobs")
    return Tracking(ledger.db, ledger.events, ledger.lineage, ledger.projects, series, blobs, ledger.clock, new_id)


def test_saved_file_is_opened(tracking: Tracking, ledger: Ledger, clock: SettableClock) -> None:
    run = tracking.start_run("bikes").id
    saved = tracking.artifacts.save(run, "plots/loss.png", BytesIO(b"abc"))
    assert saved == Artifact(saved.id, run, "plots/loss.png", digest_of(b"abc"), "file", 3, "image/png", clock())
    assert tracking.artifacts.get(run, "plots/loss.png") == saved
    with tracking.artifacts.open(saved) as stream:
        assert stream.read() == b"abc"
    with ledger.db.read() as tx:
        [edge] = ledger.lineage.upstream(tx, Node("artifact", saved.id)).edges
    assert (edge.source, edge.role) == (Node("run", run), "wrote")


def test_saving_a_name_again_keeps_the_id_with_the_new_content(tracking: Tracking) -> None:
    run = tracking.start_run("bikes").id
    first = tracking.artifacts.save(run, "a.txt", BytesIO(b"a"))
    second = tracking.artifacts.save(run, "a.txt", BytesIO(b"bb"))
    assert (second.id, second.blob, second.size) == (first.id, digest_of(b"bb"), 2)
    assert tracking.artifacts.list(run) == [second]


def test_texts_of_the_start_are_artifacts_outside_of_the_lineage(tracking: Tracking, ledger: Ledger) -> None:
    run = tracking.start_run("bikes", texts={"code/diff.patch": "diff", "environment/packages.txt": "a==1\n"}).id
    found = tracking.artifacts.list(run)
    assert [(each.name, each.kind, each.size) for each in found] == [
        ("code/diff.patch", "environment", 4),
        ("environment/packages.txt", "environment", 5),
    ]
    with ledger.db.read() as tx:
        assert ledger.lineage.downstream(tx, Node("run", run)).edges == ()


def test_absent_file_is_not_found(tracking: Tracking) -> None:
    with pytest.raises(NotFound):
        tracking.artifacts.get(tracking.start_run("bikes").id, "a.txt")


@pytest.mark.parametrize(
    "name",
    [
        "", "/etc/passwd", "../x", "a/../../x", "a/..", ".", "./a", "a//b", "a/", "..\\x", "a\\b", "C:/x", "c:x", "%2e%2e/x", "a/%2E%2e/x",
        "%252e%252e/x", "%2fetc/passwd", "a%5cb", "a\0b", "a\nb", "x" * 501,
    ],
)  # fmt: skip
def test_path_that_leaves_its_folder_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        ensure_artifact_name(name)


@pytest.mark.parametrize("name", ["a", "a.txt", "plots/loss.png", "..a/b..", "日本語/図.png", "100%.txt", "a b"])
def test_plain_path_is_taken(name: str) -> None:
    assert ensure_artifact_name(name) == name
