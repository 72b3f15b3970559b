"""Long files and long functions may only become fewer and shorter.

`tails.toml` lists those that are over the limit, with their lines of code. A file or function that is over the limit and not listed, or
longer than listed, fails. One that has become shorter passes; lower its number in the same commit.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMITS = {"files": 400, "functions": 60}
FOLDERS = ("src/meguri", "tools", "hatch_build.py")


def sources() -> Iterator[Path]:
    for name in FOLDERS:
        path = ROOT / name
        found = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        yield from (file for file in found if file.parent.name != "versions")  # a migration is as long as what it changes


def lines_of_docstrings(tree: ast.AST) -> int:
    having = (each for each in ast.walk(tree) if isinstance(each, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef))
    return sum(len((ast.get_docstring(each, clean=False) or "").splitlines()) for each in having)


def measure() -> dict[str, dict[str, int]]:
    """Lines, without docstrings, of each file and of each function that is over the limit."""
    files: dict[str, int] = {}
    functions: dict[str, int] = {}
    for file in sources():
        name, text = file.relative_to(ROOT).as_posix(), file.read_text()
        tree = ast.parse(text)
        files[name] = len(text.splitlines()) - lines_of_docstrings(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1 - lines_of_docstrings(node)
                functions[f"{name}:{node.name}"] = max(lines, functions.get(f"{name}:{node.name}", 0))
    return {
        "files": {name: lines for name, lines in files.items() if lines > LIMITS["files"]},
        "functions": {name: lines for name, lines in functions.items() if lines > LIMITS["functions"]},
    }


def test_tails_only_shrink() -> None:
    listed = tomllib.loads((ROOT / "tests/architecture/tails.toml").read_text())
    found = measure()
    longer = {kind: {name: lines for name, lines in found[kind].items() if lines > listed[kind].get(name, 0)} for kind in LIMITS}
    assert longer == {"files": {}, "functions": {}}
