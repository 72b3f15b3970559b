"""What of a bundle a function depends on: the modules that it reaches, found by reading imports, and all files that are no modules.

Nothing is run.
"""

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

MOST_NAMED = 200
"""More files than this stand in a closure under one digest, as `*`."""

_LOADERS = frozenset({"importlib", "runpy", "imp", "pkgutil", "__import__", "exec", "eval"})
"""With one of these names in its code, a function may load any module of the bundle."""


@dataclass(frozen=True, slots=True)
class Closure:
    """`modules`: digest of the source of each reached module, by its name. `imports`: what else is imported (top-level names).

    `files`: digests of all files of the bundle that are no Python, by path, for a step may read any of them; and of every Python file where
    a reached module loads modules by computed names.
    """

    modules: dict[str, Digest]
    imports: frozenset[str]
    files: dict[str, Digest]

    @property
    def digest(self) -> Digest:
        return digest_of_value([self.modules, self.files])


def closure_of(folder: Path, module: str) -> Closure:
    """The module, all modules of the folder that it imports, directly or not, also inside functions, and the folder's other files.

    Raises Invalid for a module that is not there or cannot be read.
    """
    modules: dict[str, Digest] = {}
    imports: set[str] = set()
    loads_by_name = False
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in modules:
            continue
        top = name.partition(".")[0]
        if _file_of(folder, top) is None:  # also where a folder has this name: an installed package goes before one without a source
            imports.add(top)
        file = _file_of(folder, name)
        if file is None:
            if name == module:
                raise Invalid("entrypoint", f"the bundle has no module {name!r}: apply the project again with `meguri apply FOLDER`")
            continue
        source = file.read_bytes()
        modules[name] = digest_of(source.replace(b"\r\n", b"\n"))
        tree = _parsed(source, name)
        loads_by_name = loads_by_name or any(isinstance(node, ast.Name) and node.id in _LOADERS for node in ast.walk(tree))
        for imported in _imports(tree, name, is_package=file.name == "__init__.py", folder=folder):
            parts = imported.split(".")
            loads_by_name = loads_by_name or parts[0] in _LOADERS
            waiting += [".".join(parts[: end + 1]) for end in range(len(parts))] if _is_ours(folder, parts[0]) else [parts[0]]
    found = frozenset(imports - set(sys.stdlib_module_names) - {"__future__"})
    return Closure(dict(sorted(modules.items())), found, _files(folder, with_modules=loads_by_name))


def imported_modules(source: bytes) -> set[str]:
    """The top-level names that a Python file imports absolutely; none for one that cannot be read."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return set()
    plain = {alias.name.partition(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module.partition(".")[0] for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}


def _files(folder: Path, *, with_modules: bool) -> dict[str, Digest]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and (with_modules or path.suffix != ".py"))
    found = {path.relative_to(folder).as_posix(): digest_of(path.read_bytes()) for path in paths}
    return found if len(found) <= MOST_NAMED else {"*": digest_of_value(found)}


def _file_of(folder: Path, module: str) -> Path | None:
    place = folder.joinpath(*module.split("."))
    for file in (place / "__init__.py", place.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def _is_ours(folder: Path, name: str) -> bool:
    """Also a folder without `__init__.py` is a package, with no source of its own."""
    return _file_of(folder, name) is not None or folder.joinpath(*name.split(".")).is_dir()


def _parsed(source: bytes, module: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise Invalid(module, f"cannot be read as Python ({error}): correct it and apply the project again") from error


def _imports(tree: ast.Module, module: str, *, is_package: bool, folder: Path) -> Iterator[str]:
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
