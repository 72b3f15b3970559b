"""Tables that only grow, with every version of them still readable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import polars as pl


@dataclass(frozen=True, slots=True)
class TableCommit:
    """One version of a table: how it came about and when."""

    version: int
    operation: str
    at: datetime


class TableStore(Protocol):
    """Named tables. A name is made of lower-case letters, digits, `_`, `-` and `.`; anything else raises Invalid.

    A write is atomic: a reader sees all of its rows or none, and a version, once written, never changes. Several writers may append to one
    table. Writes raise Unavailable where the storage takes no more, and Invalid for columns whose types do not fit those of the table.
    """

    def append(self, name: str, frame: pl.DataFrame, token: tuple[str, int] | None = None) -> int:
        """Add rows, making the table if need be; the version that holds them.

        `token` (a writer's name and a number that it counts up) makes it happen once: where that writer's last number is this one or a
        higher one, nothing is written and the present version is given. New columns are added, null in older rows.
        """

    def overwrite(self, name: str, frame: pl.DataFrame) -> int:
        """Replace all rows and columns; the new version. Older versions stay readable."""

    def scan(self, name: str, version: int | None = None) -> pl.LazyFrame:
        """The rows at a version (default: the newest), in no promised order. Raises NotFound."""

    def version(self, name: str) -> int | None:
        """The newest version; None where there is no such table."""

    def compact(self, name: str) -> int:
        """Merge small files once there are more than 32; the newest version. Changes no row and no older version."""

    def vacuum(self, name: str, keep_seconds: float) -> int:
        """Delete files that only versions older than this need (those versions cannot be read any more); how many."""

    def history(self, name: str) -> list[TableCommit]:
        """The versions, newest first. Raises NotFound."""
