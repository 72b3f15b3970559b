"""Moves the folders of a home of v0.1.0a1, which are named by endpoint, to the names of today, which are ids."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from meguri.core.errors import Unavailable
from meguri.serving.deployment_specs import spec_file
from meguri.serving.model import Endpoint


def move_older_folders(home: Path, endpoints: Iterable[Endpoint]) -> None:
    """For the owner, before any of these files is opened. Doing it again changes nothing. Raises Unavailable.

    Endpoint names were unique in such a home. Each move is one rename, so a kill between two of them does no harm.
    """
    older = home / "routes"
    try:
        for each in endpoints:
            _move(home / "log" / each.name, home / "log" / each.id)
            _move(home / "journal" / f"labels.{each.name}", home / "journal" / f"labels.{each.id}")
            _move(older / f"{each.name}.json", spec_file(home, each.id))
            (older / f"{each.name}.state.json").unlink(missing_ok=True)
        with suppress(OSError):  # it is absent, or holds what is not ours
            older.rmdir()
    except OSError as error:
        raise Unavailable("home", f"{error.filename} cannot be moved ({error.strerror}): check the owner and mode of the folder") from error


def _move(source: Path, target: Path) -> None:
    if source.exists() and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
