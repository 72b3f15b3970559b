"""Whoever is told to run a command can run it: those that messages and pages name are there, with their options."""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

from meguri.cli.main import build_parser

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`meguri ([^`]*)`")


def test_commands_that_messages_name_are_there() -> None:
    files = (ROOT / "src/meguri").rglob("*.py")
    found = [
        (f"{file.relative_to(ROOT)}:{line}", words) for file in files for line, text in messages(file) for words in NAMED.findall(text)
    ]
    assert len(found) > 20
    assert [(place, words) for place, words in found if not is_there(words)] == []


def test_commands_that_pages_name_are_there() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    found = [(str(page.relative_to(ROOT)), words) for page in pages for words in NAMED.findall(page.read_text())]
    assert [(page, words) for page, words in found if not is_there(words, whole=False)] == []


def messages(file: Path) -> Iterator[tuple[int, str]]:
    """Texts of a module but docstrings; what is filled in stands as X."""
    tree = ast.parse(file.read_text())
    plain = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    plain |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in plain:
            yield node.lineno, node.value


def is_there(words: str, *, whole: bool = True) -> bool:
    """`whole`: a group alone, without what it is to do, is not enough to tell a person."""
    parser: argparse.ArgumentParser = build_parser()
    for word in words.split():
        groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        if word.startswith("-"):
            if word.split("=")[0] not in parser._option_string_actions:
                return False
        elif groups:
            if word not in groups[0].choices:
                return False
            parser = groups[0].choices[word]
    return not whole or not any(isinstance(action, argparse._SubParsersAction) for action in parser._actions)
