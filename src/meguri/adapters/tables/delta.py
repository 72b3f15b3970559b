"""Tables as Parquet files under a Delta log, in local folders.

Light enough for a step worker: `DeltaTables(home / "tables").scan(name, version)` reads a pinned version and needs nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import DeltaError, TableNotFoundError

from meguri.core.errors import Invalid, NotFound, Unavailable
from meguri.ports.tables import TableCommit

SMALL_FILES = 32
_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,200}")

Result = TypeVar("Result")


class DeltaTables:
    """TableStore in a folder: one Delta table for each name. Nothing is touched before the first call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def append(self, name: str, frame: pl.DataFrame, token: tuple[str, int] | None = None) -> int:
        path = self._path(name)
        table = self._find(name)
        if table is not None and token is not None and _last_token(table, token[0]) >= token[1]:
            return int(table.version())
        if table is not None:
            _ensure_fits(name, pl.scan_delta(table).collect_schema(), frame.schema)
        properties = CommitProperties(app_transactions=[Transaction(*token)]) if token is not None else None
        return self._written(
            name,
            lambda: write_deltalake(
                table if table is not None else str(path), frame, mode="append", schema_mode="merge", commit_properties=properties
            ),
        )

    def overwrite(self, name: str, frame: pl.DataFrame) -> int:
        return self._written(name, lambda: write_deltalake(str(self._path(name)), frame, mode="overwrite", schema_mode="overwrite"))

    def scan(self, name: str, version: int | None = None) -> pl.LazyFrame:
        return pl.scan_delta(self._get(name, version))

    def version(self, name: str) -> int | None:
        table = self._find(name)
        return None if table is None else int(table.version())

    def compact(self, name: str) -> int:
        table = self._get(name)
        if len(table.file_uris()) > SMALL_FILES:
            return self._written(name, lambda: table.optimize.compact())
        return int(table.version())

    def vacuum(self, name: str, keep_seconds: float) -> int:
        table = self._get(name)
        removed = table.vacuum(retention_hours=int(keep_seconds // 3_600), dry_run=False, enforce_retention_duration=False)
        return len(removed)

    def history(self, name: str) -> list[TableCommit]:
        commits = self._get(name).history()
        return [TableCommit(int(each["version"]), str(each.get("operation", "")), _from_millis(int(each["timestamp"]))) for each in commits]

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Invalid("table", f"{name!r} is no table name: use lower-case letters, digits, '_', '-' and '.'")
        return self.folder / name

    def _find(self, name: str, version: int | None = None) -> DeltaTable | None:
        path = self._path(name)
        if not (path / "_delta_log").is_dir():
            return None
        try:
            return DeltaTable(str(path), version=version)
        except TableNotFoundError:
            return None
        except (DeltaError, OSError) as error:
            raise Unavailable(f"table {name}", f"{error}") from error

    def _get(self, name: str, version: int | None = None) -> DeltaTable:
        table = self._find(name, version)
        if table is None:
            which = name if version is None else f"{name} at version {version}"
            raise NotFound("table", which, f"no such table in {self.folder.name}")
        return table

    def _written(self, name: str, write: Callable[[], Any]) -> int:  # Any: what the engine answers is not used
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write()
        except (DeltaError, OSError) as error:
            raise Unavailable(f"table {name}", f"{error}: nothing of this write is seen by readers; free space, then try again") from error
        return int(self._get(name).version())


def _last_token(table: DeltaTable, writer: str) -> int:
    last = table.transaction_version(writer)
    return -1 if last is None else int(last)


def _ensure_fits(name: str, present: pl.Schema, added: pl.Schema) -> None:
    for column, dtype in added.items():
        if column in present and present[column] != dtype:
            raise Invalid(column, f"table {name} holds {present[column]}, the new rows {dtype}: give the new values another name")


def _from_millis(value: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)
