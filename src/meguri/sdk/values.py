"""Converts what users pass to a run: parameters, steps, paths."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from operator import index
from pathlib import Path
from typing import Any, SupportsIndex

from meguri.core.errors import Invalid
from meguri.core.points import STEP_LIMIT, wire_value

Value = str | int | float | bool | None


def flat_values(values: Mapping[str, Any], field: str, prefix: str = "") -> dict[str, Value]:  # Any: values or mappings of them
    """Values by name; what is nested is named with dots. Numbers of other libraries become numbers of Python, anything else its text."""
    flat: dict[str, Value] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            flat |= flat_values(value, field, f"{name}.")
        else:
            flat[name] = _plain(value)
    return flat


def _plain(value: object) -> Value:
    """A value of JSON where it is one (also of a derived class, or NumPy's own); else how it shows itself."""
    item = getattr(value, "item", None)
    if callable(item):
        with suppress(TypeError, ValueError):
            value = item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return int(value)
    if isinstance(value, float):
        return wire_value(float(value))
    return str.__str__(value) if isinstance(value, str) else str(value)


def checked_step(step: SupportsIndex) -> int:
    """Raises Invalid for what is no whole number within bounds."""
    try:
        number = index(step)
    except TypeError:
        number = STEP_LIMIT + 1
    if isinstance(step, bool) or not -STEP_LIMIT <= number <= STEP_LIMIT:
        raise Invalid("step", f"{step!r} is no step: steps are whole numbers within +-2**53")
    return number


def files_below(path: Path, name: str | None) -> list[tuple[str, Path]]:
    """A file, or all files of a folder, each with its name as an artifact. Raises Invalid, also for a link inside the folder."""
    if path.is_file():
        return [(name or path.name, path)]
    if not path.is_dir():
        raise Invalid("path", f"{path} is neither a file nor a folder: give the path of what to save")
    top = name or path.resolve().name
    found: list[tuple[str, Path]] = []
    for folder, folders, files in os.walk(path):
        folders.sort()
        for each in sorted([*files, *(inner for inner in folders if (Path(folder) / inner).is_symlink())]):
            file = Path(folder) / each
            if file.is_symlink():
                raise Invalid("path", f"{file} is a link: save what it leads to by its own path, or take it out of the folder")
            found.append((f"{top}/{file.relative_to(path).as_posix()}", file))
    return found
