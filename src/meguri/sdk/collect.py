"""Collects what a project folder declares while its modules are imported."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from meguri.core.definitions.checks import ensure_sound
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Invalid, MeguriError

Kind = Literal["project", "entities", "sources", "feature_views", "feature_services", "pipelines", "endpoints", "monitors", "triggers"]


@dataclass(slots=True)
class Collection:
    """Definitions in the order in which they were declared, by kind."""

    found: dict[str, list[Any]] = field(default_factory=dict)  # Any: definitions of that kind

    def add(self, kind: Kind, definition: object) -> None:
        self.found.setdefault(kind, []).append(definition)

    def project(self) -> ProjectDefinition:
        """All of it as one definition, checked. Raises Invalid or NotFound."""
        declared = self.found.get("project", [])
        if len(declared) != 1:
            names = ", ".join(repr(each.name) for each in declared)
            why = f"{len(declared)} projects ({names}): keep one" if declared else 'no project: add mg.Project("name")'
            raise Invalid("project folder", f"it declares {why}")
        parts = {kind: tuple(definitions) for kind, definitions in self.found.items() if kind != "project"}
        head: ProjectDefinition = declared[0]
        project = ProjectDefinition(head.name, clock=head.clock, description=head.description, **parts)
        ensure_sound(project)
        return project


_current: ContextVar[Collection | None] = ContextVar("meguri_collection", default=None)


def declare(kind: Kind, definition: object) -> None:
    """Add a definition to the folder that is being loaded; without effect when a module is imported for another reason."""
    collection = _current.get()
    if collection is not None:
        collection.add(kind, definition)


def load_folder(path: Path) -> ProjectDefinition:
    """Import every module of a project folder and return what they declare.

    Modules are imported by their file names, in alphabetical order, with the folder first on the path; afterwards they are removed from
    `sys.modules` again. Raises Invalid naming file and line for code that fails, and for a folder that declares nothing sound.
    """
    folder = path.resolve()
    files = sorted(folder.glob("*.py"))
    if not files:
        raise Invalid("project folder", f"{folder} has no Python file: give the folder that declares mg.Project(...)")
    collection = Collection()
    token = _current.set(collection)
    try:
        with _importable(folder, [file.stem for file in files]):
            for file in files:
                _import(file)
    finally:
        _current.reset(token)
    return collection.project()


@contextmanager
def _importable(folder: Path, names: list[str]) -> Iterator[None]:
    for name in names:
        if name in sys.stdlib_module_names or not name.isidentifier():
            raise Invalid(f"{name}.py", "a module of Python has this name, or it is no name for a module: rename the file")
    before = dict(sys.modules)
    for name in names:
        sys.modules.pop(name, None)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # a user's folder stays as it is
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes
        sys.path.remove(str(folder))
        for name, module in list(sys.modules.items()):
            if _is_within(module, folder):
                del sys.modules[name]
        sys.modules.update({name: module for name, module in before.items() if name not in sys.modules and not _is_within(module, folder)})


def _import(file: Path) -> None:
    try:
        importlib.import_module(file.stem)
    except SyntaxError as error:
        raise Invalid(f"{Path(error.filename or file).name}:{error.lineno}", f"{error.msg}: correct the line, then try again") from error
    except Exception as error:  # user code may raise anything; the person needs the line
        text = error.message if isinstance(error, MeguriError) else f"{type(error).__name__}: {error}"
        raise Invalid(_line_in(file.parent, error) or file.name, text) from error


def _line_in(folder: Path, error: BaseException) -> str | None:
    """`file.py:12`, the innermost place of an error within the folder."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        place = Path(frame.filename)
        if place.is_relative_to(folder):
            return f"{place.relative_to(folder)}:{frame.lineno}"
    return None


def _is_within(module: object, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and Path(file).is_relative_to(folder)
