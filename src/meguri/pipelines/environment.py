"""What the code of a step runs on: Python and the versions of the packages that it imports, and of those that these need."""

from __future__ import annotations

import functools
import importlib.metadata
import platform
import re
from dataclasses import dataclass

from meguri.core.digests import digest_of_value
from meguri.core.ids import Digest

WRITERS = frozenset({"numpy", "onnx", "polars", "skl2onnx", "skops"})
"""Packages that write values: another version may write other bytes."""
_OURS = "meguri"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Environment:
    """Versions by package; neither time nor machine nor path."""

    python: str
    packages: dict[str, str]

    @property
    def digest(self) -> Digest:
        return digest_of_value({"python": self.python, "packages": self.packages})


@functools.lru_cache(maxsize=256)
def environment_of(imports: frozenset[str]) -> Environment:
    """The environment of code that imports these top-level modules. What is not installed has no version and is left out."""
    owners = _owners()
    waiting = sorted({package for module in imports for package in owners.get(module, ())} | WRITERS)
    packages: dict[str, str] = {}
    while waiting:
        name = _normal(waiting.pop())
        if name in packages or name == _OURS:
            continue
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        packages[name] = found.version
        waiting += [_name_of(each) for each in found.requires or () if "extra ==" not in each]
    return Environment(platform.python_version(), dict(sorted(packages.items())))


@functools.lru_cache(maxsize=1)
def _owners() -> dict[str, list[str]]:
    return dict(importlib.metadata.packages_distributions())


def _name_of(requirement: str) -> str:
    match = _NAME.match(requirement)
    return match.group() if match else requirement


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
