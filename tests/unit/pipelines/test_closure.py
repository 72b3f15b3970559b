"""Which code a step reaches, and what that makes of its cache key."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from meguri.core.errors import Invalid
from meguri.pipelines.closure import MOST_NAMED, closure_of
from meguri.pipelines.environment import environment_of, worker_code

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
    assert (set(found.modules), found.imports) == ({"deep", "plain.inner"}, frozenset({"plain"}))  # an installed `plain` would go before it


def test_digest_changes_with_a_reached_module_only(folder: Path) -> None:
    before = closure_of(folder, "steps").digest
    (folder / "other.py").write_text("x = 2\n")
    (folder / "helpers" / "unused.py").write_text("x = 2\n")
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


def test_every_file_that_is_no_module_is_a_part_of_it(folder: Path) -> None:
    before = closure_of(folder, "steps")
    (folder / "config.json").write_text('{"depth": 3}')
    added = closure_of(folder, "steps")
    (folder / "config.json").write_text('{"depth": 4}')
    changed = closure_of(folder, "steps")
    assert (before.files, list(added.files)) == ({}, ["config.json"])
    assert len({before.digest, added.digest, changed.digest}) == 3
    for number in range(MOST_NAMED):
        (folder / f"{number}.txt").touch()
    many = closure_of(folder, "steps")
    assert list(many.files) == ["*"]
    (folder / "config.json").write_text('{"depth": 5}')
    assert closure_of(folder, "steps").digest != many.digest


@pytest.mark.parametrize("entry", ["pkg.steps", "pkg.inner.steps"])
def test_the_packages_of_the_module_itself_are_reached(tmp_path: Path, entry: str) -> None:
    for name in ("pkg/__init__.py", "pkg/steps.py", "pkg/inner/__init__.py", "pkg/inner/steps.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    before = closure_of(tmp_path, entry)
    (tmp_path / "pkg" / "__init__.py").write_text("import os\nos.environ['K'] = '2'\n")
    assert "pkg" in before.modules
    assert closure_of(tmp_path, entry).digest != before.digest


def test_a_star_import_reaches_every_module_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "helpers").mkdir()
    (tmp_path / "steps.py").write_text("from helpers import *\n")
    (tmp_path / "helpers" / "__init__.py").write_text("__all__ = ['a']\n")
    (tmp_path / "helpers" / "a.py").write_text("V = 1\n")
    assert list(closure_of(tmp_path, "steps").modules) == ["helpers", "helpers.a", "steps"]


@pytest.mark.parametrize(
    "code",
    [
        "import importlib\n",
        "from importlib import import_module\n",
        "m = __import__('x')\n",
        "exec('1')\n",
        "import sys\nsys.path.insert(0, 'lib')\n",
        "from sys import path\n",
        "import sys as s\ns.path.append('lib')\n",
        "import subprocess\n",
        "import os\nos.system('python other.py')\n",
        "from pathlib import Path\ntext = Path(__file__).with_name('other.py')\n",
        "text = open('other.py').read()\n",
        "from pathlib import Path\ntext = Path('other.py').read_text()\n",
        "import builtins\nm = builtins.__import__('other')\n",
        "import pydoc\nm = pydoc.locate('other')\n",
        "try:\n    import not_installed_anywhere\nexcept ImportError:\n    pass\n",
    ],
)
def test_code_that_loads_modules_by_name_depends_on_all_of_them(folder: Path, code: str) -> None:
    (folder / "loader.py").write_text(code)
    (folder / "broken.py").unlink()
    before = closure_of(folder, "loader")
    assert "other.py" in before.files
    (folder / "other.py").write_text("x = 2\n")
    assert closure_of(folder, "loader").digest != before.digest


def test_a_folder_of_data_does_not_hide_the_package_of_its_name(folder: Path) -> None:
    (folder / "numpy").mkdir()
    (folder / "numpy" / "weights.csv").write_text("1")
    assert "numpy" in closure_of(folder, "steps").imports


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


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages."""
    found = tmp_path / "site"
    found.mkdir()
    monkeypatch.syspath_prepend(str(found))
    return found


def install(site: Path, name: str, version: str, *, module: str = "", edited_in: Path | None = None) -> None:
    """As an installer does: the former release goes, this one comes."""
    for former in site.glob(f"{name}-*.dist-info"):
        shutil.rmtree(former)
    info = site / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    record = f"{info.name}/METADATA,,\n"
    if edited_in is None:
        (site / f"{name}.py").write_text(module)
        record += f"{name}.py,,\n"
    else:
        (site / f"_{name}.pth").write_text(str(edited_in))
        (info / "direct_url.json").write_text(json.dumps({"url": edited_in.as_uri(), "dir_info": {"editable": True}}))
    (info / "RECORD").write_text(record)


def test_an_upgrade_while_the_server_runs_is_seen(site: Path) -> None:
    install(site, "toolbox", "1.0")
    before, code = environment_of(frozenset({"toolbox"})), worker_code("bundle")
    assert (before.packages["toolbox"], before.sources) == ("1.0", {})
    assert worker_code("bundle") == code
    install(site, "toolbox", "1.1")
    after = environment_of(frozenset({"toolbox"}))
    assert after.packages["toolbox"] == "1.1"
    assert after.digest != before.digest
    assert worker_code("bundle") != code  # a warm worker has imported the former release


def test_the_source_of_an_editable_install_and_of_a_folder_on_the_path_is_seen(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, shared = tmp_path / "project", tmp_path / "shared"
    for folder in (project / "editmod", shared / "ownmod"):
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("X = 1\n")
    install(site, "editmod", "1.0", edited_in=project)
    monkeypatch.syspath_prepend(str(project))
    monkeypatch.syspath_prepend(str(shared))
    (shared / "ownmod" / "__init__.py").write_text("import editmod\n")

    first = environment_of(frozenset({"ownmod"}))
    assert sorted(first.sources) == ["editmod", "ownmod"]
    (shared / "ownmod" / "table.csv").write_text("1")
    second = environment_of(frozenset({"ownmod"}))
    (project / "editmod" / "__init__.py").write_text("X = 2\n")
    third = environment_of(frozenset({"ownmod"}))
    assert len({first.digest, second.digest, third.digest}) == 3
    assert worker_code("bundle", second) != worker_code("bundle", third)
    assert environment_of(frozenset({"ownmod"})) == third
