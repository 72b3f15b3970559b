"""What of a bundle a function depends on: the modules that it reaches, found by reading imports, and all files that are no modules.

Nothing is run.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from meguri.core.digests import digest_of, digest_of_value
from meguri.core.errors import Invalid
from meguri.core.ids import Digest

MOST_NAMED = 200
"""More files than this stand in a closure under one digest, as `*`."""

_LOADERS = frozenset(
    {
        *(
            "importlib",
            "runpy",
            "imp",
            "pkgutil",
            "pydoc",
            "builtins",
            "subprocess",
            "__import__",
            "import_module",
            "exec",
            "eval",
            "locate",
        ),
        *("open", "read_text", "read_bytes", "__file__", "system", "popen"),
    }
)
"""With one of these names or attributes in its code, a function may load, run or read any module of the bundle."""

_OF_SYS = frozenset({"path", "meta_path", "path_hooks", "modules"})
"""The same for these attributes of `sys`."""


@dataclass(frozen=True, slots=True)
class Closure:
    """`modules`: digest of the source of each reached module, by its name. `imports`: what else is imported (top-level names).

    `files`: digests of all files of the bundle that are no Python, by path, for a step may read any of them; and of every Python file where
    a reached module may load or read files by computed names, changes the search path, or imports what cannot be found.
    """

    modules: dict[str, Digest]
    imports: frozenset[str]
    files: dict[str, Digest]

    @property
    def digest(self) -> Digest:
        return digest_of_value([self.modules, self.files])


def closure_of(folder: Path, module: str) -> Closure:
    """The module with its packages, all modules of the folder that these import, directly or not, also inside functions, and the folder's
    other files.

    Raises Invalid for a module that is not there or cannot be read.
    """
    modules: dict[str, Digest] = {}
    imports: set[str] = set()
    loads_by_name = False
    waiting = _prefixes(module)
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
        loads_by_name = loads_by_name or any(_may_load(node) for node in ast.walk(tree))
        for imported in _imports(tree, name, is_package=file.name == "__init__.py", folder=folder):
            top = imported.partition(".")[0]
            ours = _is_ours(folder, top)
            loads_by_name = loads_by_name or top in _LOADERS or not (ours or _is_installed(top))
            waiting += _prefixes(imported) if ours else [top]
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


def _prefixes(module: str) -> list[str]:
    """The packages around a module, outermost first, and the module: Python runs them all."""
    parts = module.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _is_installed(name: str) -> bool:
    """Whether a top-level name is in the standard library or can be imported in this environment; it is not run."""
    try:
        return name in sys.stdlib_module_names or name in sys.modules or importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _may_load(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id in _LOADERS
    if isinstance(node, ast.Attribute):
        of_sys = isinstance(node.value, ast.Name) and node.value.id == "sys"
        return node.attr in _LOADERS or (of_sys and node.attr in _OF_SYS)
    if isinstance(node, ast.ImportFrom):
        named = {alias.name for alias in node.names}
        return bool(named & _LOADERS) or (node.module == "sys" and bool(named & _OF_SYS))
    # `import sys as s` leaves attributes of `s` unseen
    return isinstance(node, ast.Import) and any(alias.name == "sys" and alias.asname not in (None, "sys") for alias in node.names)


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
            if base and any(alias.name == "*" for alias in node.names):  # `__all__` may name any module of the package
                names = sorted({each.stem for each in folder.joinpath(*base.split(".")).glob("*")} - {"__init__"})
                yield from (f"{base}.{name}" for name in names if _file_of(folder, f"{base}.{name}") is not None)
            for alias in node.names:
                inner = f"{base}.{alias.name}" if base else alias.name
                if _file_of(folder, inner) is not None:
                    yield inner


@functools.lru_cache(maxsize=256)
def cached_closure(folder: Path, module: str) -> Closure:
    """`closure_of` for a folder that never changes (an unpacked bundle)."""
    return closure_of(folder, module)
