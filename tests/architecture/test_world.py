"""The truth of the simulated world is out of the system's reach."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
ALLOWED = {
    "meguri.demo.world": {"meguri.demo.scenes"},
    "meguri.demo.scenes": {"meguri.cli.demo", "meguri.cli.reporter", "meguri.demo.replay"},
}


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return found


def _module(file: Path) -> str:
    return ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def test_only_the_demo_imports_the_simulated_world() -> None:
    importers = {name: {_module(file) for file in SOURCE.rglob("*.py") if name in _imports(file)} for name in ALLOWED}
    assert importers == ALLOWED


def test_no_name_of_the_truth_stands_in_the_system_or_in_the_examples() -> None:
    files = [file for file in SOURCE.rglob("*.py") if _module(file) not in {"meguri.demo.world", "meguri.demo.scenes"}]
    files += list((SOURCE.parent / "examples").rglob("*.py"))
    assert [file for file in files if "garbled_hour" in file.read_text() or ".truth.day" in file.read_text()] == []
