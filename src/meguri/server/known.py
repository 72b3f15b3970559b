"""Whether a project that a request names is there: an empty list would hide a typing error."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from meguri.core.errors import NotFound


class KnownProjects:
    """Names of projects. A project is never removed, so one that was seen is not asked for again."""

    def __init__(self, list_names: Callable[[], Iterable[str]]) -> None:
        self._list_names = list_names
        self._seen: frozenset[str] = frozenset()

    def has_seen(self, name: str) -> bool:
        """Whether it is known without asking the database."""
        return name in self._seen

    def ensure(self, name: str) -> None:
        """Raises NotFound."""
        self._seen = frozenset(self._list_names())
        if name not in self._seen:
            there = f"there are {', '.join(sorted(self._seen))}" if self._seen else "there is none yet"
            raise NotFound("project", name, f"{there}; `meguri apply FOLDER` or a run makes one")
