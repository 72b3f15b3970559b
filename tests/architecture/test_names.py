"""Names that say nothing are not used."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src/meguri"
EMPTY_WORDS = ("Manager", "Helper", "Util", "Utils", "Base", "Impl", "Abstract")
EMPTY_MODULES = {"utils", "util", "helpers", "helper", "common", "misc"}


def test_no_class_is_named_after_nothing() -> None:
    found = [
        f"{file.relative_to(SOURCE)}: {node.name}"
        for file in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef) and (node.name.endswith(EMPTY_WORDS) or node.name.startswith(("Abstract", "Base")))
    ]
    assert found == []


def test_no_module_is_a_drawer() -> None:
    assert [str(file) for file in SOURCE.rglob("*.py") if file.stem in EMPTY_MODULES] == []
