"""Which code a step reaches, and what that makes of its cache key."""

from __future__ import annotations

from pathlib import Path

import pytest

from meguri.core.errors import Invalid
from meguri.pipelines.closure import closure_of
from meguri.pipelines.environment import environment_of

FILES = {
    "steps.py": "import json\nimport polars as pl\nfrom helpers import clean\n",
    "helpers/__init__.py": "",
    "helpers/clean.py": "from . import text\n",
    "helpers/text.py": "def lower(value):\n    import numpy\n    return value\n",
    "helpers/unused.py": "import pandas\n",
    "other.py": "import steps\n",
    "loop.py": "import loop_back\n",
    "loop_back.py": "import loop\n",
    "plain/inner.py": "x = 1\n",
    "deep.py": "import plain.inner\nfrom plain import inner as again\n",
    "broken.py": "def (\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, source in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(source)
    return tmp_path


def test_modules_reached_by_imports_are_found_and_no_others(folder: Path) -> None:
    found = closure_of(folder, "steps")
    assert list(found.modules) == ["helpers", "helpers.clean", "helpers.text", "steps"]
    assert found.imports == {"polars", "numpy"}


def test_modules_that_import_each_other_are_one_closure(folder: Path) -> None:
    assert set(closure_of(folder, "loop").modules) == {"loop", "loop_back"}


def test_package_without_init_is_reached(folder: Path) -> None:
    found = closure_of(folder, "deep")
    assert (set(found.modules), found.imports) == ({"deep", "plain.inner"}, frozenset())


def test_digest_changes_with_a_reached_module_only(folder: Path) -> None:
    before = closure_of(folder, "steps").digest
    (folder / "other.py").write_text("x = 2\n")
    (folder / "helpers" / "unused.py").write_text("x = 2\n")
    (folder / "README.md").write_text("new\n")
    assert closure_of(folder, "steps").digest == before
    (folder / "helpers" / "text.py").write_text("x = 2\n")
    assert closure_of(folder, "steps").digest != before


def test_digest_is_the_same_in_another_folder_and_with_other_line_ends(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("elsewhere")
    for name, source in FILES.items():
        file = other / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(source.replace("\n", "\r\n").encode())
    assert closure_of(other, "steps") == closure_of(folder, "steps")


def test_missing_and_broken_modules_are_refused(folder: Path) -> None:
    with pytest.raises(Invalid, match="no module 'nowhere'"):
        closure_of(folder, "nowhere")
    with pytest.raises(Invalid, match="cannot be read as Python"):
        closure_of(folder, "broken")


def test_environment_names_versions_of_imports_and_of_what_they_need() -> None:
    packages = environment_of(frozenset({"sklearn"})).packages
    assert {"scikit-learn", "numpy", "scipy", "polars", "skops"} <= set(packages)
    assert "meguri" not in packages
    assert environment_of(frozenset({"sklearn", "no_such_module"})) == environment_of(frozenset({"sklearn"}))
    assert environment_of(frozenset({"httpx"})).digest != environment_of(frozenset()).digest
