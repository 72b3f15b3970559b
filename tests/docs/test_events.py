"""Every kind of event is documented, and nothing is documented that does not happen."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADDS = re.compile(r"\bevents\.add$|^self\.(add|_record)$")
KIND = re.compile(r"[a-z_]+\.[a-z_]+")


def documented() -> set[str]:
    rows = [line for line in (ROOT / "docs/concepts/events.md").read_text().splitlines() if line.startswith("| `")]
    return {kind for row in rows for kind in re.findall(r"`([a-z_]+\.[a-z_]+)`", row.split("|")[1])}


def added() -> tuple[set[str], set[str]]:
    """Kinds that the source adds: whole ones, and the beginnings of those whose end depends on what happened."""
    whole: set[str] = set()
    beginnings: set[str] = set()
    for file in (ROOT / "src/meguri").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            adds = isinstance(call, ast.Call) and re.search(r"\bevents\.add$|^self\.add$|^self\._record$", ast.unparse(call.func))
            if adds and isinstance(call, ast.Call) and len(call.args) > 1:
                kind = call.args[1]
                choices = [kind.body, kind.orelse] if isinstance(kind, ast.IfExp) else [kind]
                whole |= {str(each.value) for each in choices if isinstance(each, ast.Constant) and KIND.fullmatch(str(each.value))}
                if isinstance(kind, ast.JoinedStr) and isinstance(kind.values[0], ast.Constant):
                    beginnings.add(str(kind.values[0].value))
    return whole, beginnings


def test_every_kind_that_is_added_is_documented() -> None:
    whole, beginnings = added()
    assert whole - documented() == set()
    assert [each for each in beginnings if not any(kind.startswith(each) for kind in documented())] == []


def test_every_documented_kind_is_in_the_source() -> None:
    whole, beginnings = added()
    text = "\n".join(file.read_text() for file in (ROOT / "src/meguri").rglob("*.py"))
    unknown = {kind for kind in documented() - whole if not any(kind.startswith(each) for each in beginnings)}
    assert {kind for kind in unknown if f'"{kind}"' not in text} == set()
