"""Imports go down only. The contracts come from layers.toml; here the real tree keeps them, and each kind of breach is caught."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def layers(source: Path) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "tools/layers.py", str(source)], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source, to do wrong in."""
    source = tmp_path_factory.mktemp("layers")
    shutil.copytree(ROOT / "src/meguri", source / "meguri", ignore=shutil.ignore_patterns("_ui", "__pycache__"))
    return source


def test_the_source_keeps_its_layers() -> None:
    status, printed = layers(ROOT / "src")
    assert status == 0, printed


BREACHES = {
    "upward": ("core", "from meguri.events import service", "imports go down only"),
    "upward-lazy": ("db", "def late():\n    from meguri.events import service", "imports go down only"),
    "sibling": ("tracking", "from meguri.profiles import profile", "imports go down only"),
    "heavy-in-the-core": ("core", "import polars", "SDK and core are light"),
    "heavy-in-the-data-plane": ("profiles", "import sqlalchemy", "the data plane stays light"),
    "heavy-through-another": ("profiles", "from meguri.db import engine", "the data plane stays light"),
    "service-in-an-adapter": ("adapters", "from meguri.events import service", "adapters know ports, db and core"),
    "sdk-in-the-server": ("tracking", "from meguri.sdk import collect", "the server side never uses the SDK"),
    "tables-of-another": ("pipelines", "from meguri.tracking import tables", "pipelines imports the tables of no other capability"),
    "tables-of-another-at-the-top": (
        "server",
        "from meguri.tracking.tables import runs",
        "server imports the tables of no other capability",
    ),
    "test-support-in-a-service": ("tracking", "from meguri.testing import require", "the program does not import test support"),
}


@pytest.mark.parametrize("folder, code, contract", BREACHES.values(), ids=BREACHES)
def test_a_planted_breach_is_caught(copy: Path, folder: str, code: str, contract: str) -> None:
    planted = copy / "meguri" / folder / "planted.py"
    planted.write_text(f"{code}\n")
    try:
        status, printed = layers(copy)
    finally:
        planted.unlink()
    assert status == 1
    broken = [line for line in printed.splitlines() if " BROKEN" in line]
    assert any(contract in line for line in broken), printed
    assert f"meguri.{folder}.planted" in printed


def test_rules_inside_a_capability_are_kept_too(copy: Path) -> None:
    model = copy / "meguri/tracking/model.py"
    content = model.read_text()
    model.write_text(f"{content}\nfrom meguri.tracking import service\n")
    try:
        status, printed = layers(copy)
    finally:
        model.write_text(content)
    assert (status, "inside a capability: routes > service > tables > model BROKEN" in printed) == (1, True), printed


def test_a_folder_without_a_floor_is_refused(copy: Path) -> None:
    folder = copy / "meguri/attic"
    folder.mkdir()
    (folder / "__init__.py").touch()
    try:
        status, printed = layers(copy)
    finally:
        shutil.rmtree(folder)
    assert status == 1
    assert "attic" in printed
    assert "give it one in layers.toml" in printed
