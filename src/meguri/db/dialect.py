"""The two statements whose SQL differs between SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]  # Any: a column's Python value


def insert_ignore(tx: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert rows, leaving those whose key exists as they are. Returns the number inserted (all rows must have the same columns)."""
    if not rows:
        return 0
    insert = _insert(tx, table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return sum(tx.execute(insert, dict(row)).rowcount for row in rows) if len(rows) < 2 else _counted(tx, table, insert, rows)


def upsert(tx: Connection, table: Table, rows: Sequence[Row], *, key: Sequence[str], update: Sequence[str]) -> None:
    """Insert rows; where `key` exists, set the columns `update` to the new values."""
    if not rows:
        return
    insert = _insert(tx, table)
    tx.execute(
        insert.on_conflict_do_update(index_elements=list(key), set_={name: insert.excluded[name] for name in update}),
        [dict(row) for row in rows],
    )


def _insert(tx: Connection, table: Table) -> Any:  # Any: the two dialects' Insert classes share no typed parent with these methods
    return (postgresql if tx.dialect.name == "postgresql" else sqlite).insert(table)


def _counted(tx: Connection, table: Table, insert: Any, rows: Sequence[Row]) -> int:  # Any: as above
    result = tx.execute(insert.returning(*table.primary_key.columns), [dict(row) for row in rows])
    return len(result.fetchall())
