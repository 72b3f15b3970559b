"""When the pages are built. That they can be built is seen by every install of the source."""

from __future__ import annotations

from pathlib import Path

import pytest

import hatch_build


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with pages that were never built."""
    for name in ("MEGURI_UI", "MEGURI_NODE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "web/src").mkdir(parents=True)
    (tmp_path / "web/package.json").write_text("{}")
    (tmp_path / "web/src/main.tsx").write_text("1")
    return tmp_path


def pretend_built(root: Path) -> None:
    made = root / "src/meguri/_ui"
    made.mkdir(parents=True, exist_ok=True)
    (made / ".stamp").write_text(hatch_build.wanted(root) or "")


def test_pages_are_built_once(root: Path) -> None:
    assert hatch_build.needs_node(root)
    pretend_built(root)
    assert not hatch_build.needs_node(root)
    assert hatch_build.build(root) is False


@pytest.mark.parametrize("change", ["main.tsx", "new.tsx"])
def test_pages_are_built_again_when_a_source_changed(root: Path, change: str) -> None:
    pretend_built(root)
    (root / "web/src" / change).write_text("2")
    assert hatch_build.needs_node(root)


def test_a_renamed_source_is_a_change(root: Path) -> None:
    pretend_built(root)
    (root / "web/src/main.tsx").rename(root / "web/src/start.tsx")
    assert hatch_build.needs_node(root)


def test_what_tools_leave_there_is_no_change(root: Path) -> None:
    pretend_built(root)
    for name in ("node_modules/react/index.js", ".meguri-out/index.html", "coverage/lcov.info"):
        file = root / "web" / name
        file.parent.mkdir(parents=True)
        file.write_text("x")
    assert not hatch_build.needs_node(root)


def test_without_pages_there_is_nothing_to_build(tmp_path: Path) -> None:
    assert hatch_build.wanted(tmp_path) is None


def test_the_build_can_be_skipped_or_forced(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURI_UI", "skip")
    assert not hatch_build.needs_node(root)
    pretend_built(root)
    monkeypatch.setenv("MEGURI_UI", "build")
    assert hatch_build.needs_node(root)


def test_a_machine_with_node_needs_none_from_the_index(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURI_NODE", "/usr/bin/node")
    assert hatch_build.wanted(root)
    assert not hatch_build.needs_node(root)


def test_a_failed_build_says_what_failed_and_what_to_do(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURI_NODE", str(tmp_path / "nowhere/node"))
    with pytest.raises(hatch_build.BuildFailed) as failed:
        hatch_build.build(root)
    assert "failed at: looking for npm" in str(failed.value)
    assert "MEGURI_UI=skip" in str(failed.value)
