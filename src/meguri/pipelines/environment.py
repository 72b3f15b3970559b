"""What the code of a step runs on: Python, the versions of the packages that it imports and of those that these need, and the source of
packages that have no version of their own (editable installs, folders on PYTHONPATH)."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlparse

from meguri.core.digests import digest_of, digest_of_value
from meguri.core.ids import Digest
from meguri.pipelines.closure import imported_modules

WRITERS = frozenset({"numpy", "onnx", "polars", "skl2onnx", "skops"})
"""Packages that write values: another version may write other bytes."""

_OURS = "meguri"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

State = tuple[tuple[str, int], ...]
"""Folders or files with the time at which each was changed (nanoseconds)."""


@dataclass(frozen=True, slots=True)
class StepEnvironment:
    """`packages`: versions by name. `sources`: digests of the source of packages that may change without a new version. Neither time, nor
    machine, nor path."""

    python: str
    packages: dict[str, str]
    sources: dict[str, Digest] = field(default_factory=dict)

    @property
    def digest(self) -> Digest:
        return digest_of_value({"python": self.python, "packages": self.packages, "sources": self.sources})


def environment_of(imports: frozenset[str]) -> StepEnvironment:
    """The environment of code that imports these top-level modules, as it is installed now. What is not installed is left out.

    Cost: a look at each folder of `sys.path`, and at each file of packages without a version; the rest is remembered until a package is
    installed or removed.
    """
    state = _installed()
    sources: dict[str, Digest] = {}
    waiting, names = set(imports), set(imports)
    while waiting:
        name = waiting.pop()
        place = _source_of(name, state)
        if place is not None and name != _OURS:
            sources[name], inner = _read_source(place, _files(place))
            waiting |= inner - names
            names |= inner
    packages, editable = _packages(frozenset(names), state)
    for name, folder in editable.items():
        if name not in sources:
            sources[name] = _read_source(folder, _files(folder))[0]
    return StepEnvironment(platform.python_version(), packages, dict(sorted(sources.items())))


def worker_code(bundle: str, environment: StepEnvironment | None = None) -> str:
    """Which workers may run a task: those that imported this bundle from the packages that are installed now."""
    sources = environment.sources if environment is not None else {}
    return f"{bundle} {digest_of_value([_installed(), sources])}"


def _installed() -> State:
    """The state of the folders that packages are installed in: installing or removing one changes the time of its folder."""
    folders = sorted({path for path in sys.path if path and os.path.isdir(path)})
    return tuple((path, os.stat(path).st_mtime_ns) for path in folders)


@functools.lru_cache(maxsize=256)
def _packages(imports: frozenset[str], state: State) -> tuple[dict[str, str], dict[str, Path]]:
    """Versions by package, and the folders of those that are installed for editing."""
    owners = _owners(state)
    waiting = sorted({package for module in imports for package in owners.get(module, ())} | WRITERS)
    packages: dict[str, str] = {}
    editable: dict[str, Path] = {}
    while waiting:
        name = _normal(waiting.pop())
        if name in packages or name == _OURS:
            continue
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        packages[name] = found.version
        folder = _edited_in(found)
        if folder is not None:
            editable[name] = folder
        waiting += [_name_of(each) for each in found.requires or () if "extra ==" not in each]
    return dict(sorted(packages.items())), editable


@functools.lru_cache(maxsize=1)
def _owners(_state: State) -> dict[str, list[str]]:
    importlib.invalidate_caches()
    return dict(importlib.metadata.packages_distributions())


@functools.lru_cache(maxsize=1024)
def _source_of(module: str, state: State) -> Path | None:
    """The file or folder of a top-level module that belongs to no installed distribution; None for one that does, or that is not there."""
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None or spec.origin in (None, "built-in", "frozen"):
        folders = list(spec.submodule_search_locations or ()) if spec is not None else []
        place = Path(folders[0]) if folders else None
    else:
        place = Path(str(spec.origin))
        place = place.parent if place.name == "__init__.py" else place
    if place is None:
        return None
    roots = [importlib.metadata.distribution(name).locate_file("") for name in _owners(state).get(module, ())]
    return None if any(place.is_relative_to(str(root)) for root in roots) else place


def _edited_in(found: importlib.metadata.Distribution) -> Path | None:
    """The project folder of a distribution that is installed for editing (PEP 610)."""
    text = found.read_text("direct_url.json")
    url = json.loads(text) if text else {}
    if not url.get("dir_info", {}).get("editable"):
        return None
    return Path(unquote(urlparse(url["url"]).path))


def _files(place: Path) -> State:
    """The Python files and data of a package with the times at which they were changed; hidden folders and environments are left out."""
    if place.is_file():
        return ((place.name, place.stat().st_mtime_ns),)
    return tuple((str(path.relative_to(place)), path.stat().st_mtime_ns) for path in sorted(_walk(place)))


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        here = Path(root)
        folders[:] = [name for name in folders if not name.startswith((".", "__pycache__")) and not (here / name / "pyvenv.cfg").exists()]
        yield from (here / name for name in files if not name.startswith(".") and not name.endswith((".pyc", ".so")))


@functools.lru_cache(maxsize=256)
def _read_source(place: Path, files: State) -> tuple[Digest, frozenset[str]]:
    """A digest of the files, and the top-level modules that they import."""
    digests: dict[str, Digest] = {}
    imports: set[str] = set()
    for name, _ in files:
        content = (place if place.is_file() else place / name).read_bytes()
        digests[name] = digest_of(content)
        if name.endswith(".py"):
            imports |= imported_modules(content)
    return digest_of_value(digests), frozenset(imports - set(sys.stdlib_module_names))


def _name_of(requirement: str) -> str:
    match = _NAME.match(requirement)
    return match.group() if match else requirement


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
