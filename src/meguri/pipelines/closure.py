"""Which modules of a bundle a function reaches, found by reading imports, without running anything."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from meguri.core.digests import digest_of, digest_of_value
from meguri.core.errors import Invalid
from meguri.core.ids import Digest


@dataclass(frozen=True, slots=True)
class Closure:
    """`modules`: digest of the source of each reached module, by its name. `imports`: what else is imported (top-level names)."""

    modules: dict[str, Digest]
    imports: frozenset[str]

    @property
    def digest(self) -> Digest:
        return digest_of_value(self.modules)


def closure_of(folder: Path, module: str) -> Closure:
    """The module and all modules of the folder that it imports, directly or not, also inside functions.

    What is imported by a computed name is not seen. Raises Invalid for a module that is not there or cannot be read.
    """
    modules: dict[str, Digest] = {}
    imports: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in modules:
            continue
        file = _file_of(folder, name)
        if file is None:
            if name == module:
                raise Invalid("entrypoint", f"the bundle has no module {name!r}: apply the project again with `meguri apply FOLDER`")
            if not _is_ours(folder, name.partition(".")[0]):
                imports.add(name)
            continue
        source = file.read_bytes()
        modules[name] = digest_of(source.replace(b"\r\n", b"\n"))
        for imported in _imports(source, name, is_package=file.name == "__init__.py", folder=folder):
            parts = imported.split(".")
            waiting += [".".join(parts[: end + 1]) for end in range(len(parts))] if _is_ours(folder, parts[0]) else [parts[0]]
    found = frozenset(imports - set(sys.stdlib_module_names) - {"__future__"})
    return Closure(dict(sorted(modules.items())), found)


def _file_of(folder: Path, module: str) -> Path | None:
    place = folder.joinpath(*module.split("."))
    for file in (place / "__init__.py", place.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def _is_ours(folder: Path, name: str) -> bool:
    """Also a folder without `__init__.py` is a package, with no source of its own."""
    return _file_of(folder, name) is not None or folder.joinpath(*name.split(".")).is_dir()


def _imports(source: bytes, module: str, *, is_package: bool, folder: Path) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise Invalid(module, f"cannot be read as Python ({error}): correct it and apply the project again") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if is_package else module.split(".")[:-1]
                above = package[: len(package) - (node.level - 1)]
                base = ".".join([*above, *([base] if base else [])])
            if base:
                yield base
            for alias in node.names:
                inner = f"{base}.{alias.name}" if base else alias.name
                if _file_of(folder, inner) is not None:
                    yield inner


@functools.lru_cache(maxsize=256)
def cached_closure(folder: Path, module: str) -> Closure:
    """`closure_of` for a folder that never changes (an unpacked bundle)."""
    return closure_of(folder, module)
