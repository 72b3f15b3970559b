"""Golden files: what is promised to others, kept as text. `UPDATE_GOLDEN=1 make test ARGS=tests/golden` accepts a meant difference."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with the golden file of that name."""

    def compare(name: str, text: str) -> None:
        file = Path(__file__).parent / name
        if os.environ.get("UPDATE_GOLDEN"):
            file.write_text(text)
        assert file.is_file(), f"there is no {file.name} yet: UPDATE_GOLDEN=1 writes it"
        assert text == file.read_text(), f"{file.name} differs: if that is meant, UPDATE_GOLDEN=1 accepts it"

    return compare
