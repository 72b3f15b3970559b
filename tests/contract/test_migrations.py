"""A database made today and one that went through every migration are the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from meguri.core.errors import Conflict
from meguri.db import migrate
from meguri.db.engine import Database
from meguri.db.metadata import metadata
from meguri.testing.ledger import load_tables


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a table."""
    load_tables()
    if request.param == "sqlite":
        with closing(Database.at(tmp_path / "empty.db")) as db:
            yield db
        return
    server = request.getfixturevalue("postgres")
    name = server.create_database()
    with closing(Database.open(server.url(name))) as db:
        yield db
    server.drop_database(name)


@contextmanager
def closing(db: Database) -> Iterator[Database]:
    try:
        yield db
    finally:
        db.close()


def schema(tx: Connection) -> dict[str, Any]:
    """All that the database itself says of its tables."""
    see = inspect(tx)
    return {
        table: {
            "columns": [
                (each["name"], str(each["type"]), each["nullable"], each["default"], each.get("autoincrement"))
                for each in see.get_columns(table)
            ],
            "key": see.get_pk_constraint(table),
            "unique": sorted(see.get_unique_constraints(table), key=str),
            "checks": sorted(see.get_check_constraints(table), key=str),
            "references": sorted(see.get_foreign_keys(table), key=str),
            "indexes": sorted(see.get_indexes(table), key=str),
        }
        for table in see.get_table_names()
    }


def test_a_new_database_equals_one_that_was_migrated_from_empty(empty: Database) -> None:
    with empty.write() as tx:
        migrate.upgrade(tx)
        migrated = schema(tx)
        for table in see_tables(tx):
            tx.execute(text(f"DROP TABLE {table} CASCADE" if empty.dialect == "postgresql" else f"DROP TABLE {table}"))
    migrate.prepare(empty)
    with empty.read() as tx:
        assert schema(tx) == migrated
        assert set(migrated) == {*metadata.tables, "alembic_version"}


def see_tables(tx: Connection) -> list[str]:
    return [*(table.name for table in reversed(metadata.sorted_tables)), "alembic_version"]


def test_nothing_is_left_for_a_next_migration(empty: Database) -> None:
    with empty.write() as tx:
        migrate.upgrade(tx)
        assert compare_metadata(MigrationContext.configure(tx, opts={"compare_type": True}), metadata) == []


def test_preparing_twice_changes_nothing(empty: Database) -> None:
    migrate.prepare(empty)
    with empty.read() as tx:
        before = schema(tx), migrate.version_of(tx)
    migrate.prepare(empty)
    with empty.read() as tx:
        assert (schema(tx), migrate.version_of(tx)) == before
        assert before[1] == migrate.newest_version()


def test_a_database_of_a_later_release_is_refused(empty: Database) -> None:
    migrate.prepare(empty)
    with empty.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match=r"at migration 9999, which this meguri .* does not know: start the release that made it"):
        migrate.prepare(empty)


def test_a_database_of_somebody_else_is_refused_and_left_alone(empty: Database) -> None:
    with empty.write() as tx:
        tx.execute(text("CREATE TABLE runs (theirs INTEGER)"))
    with pytest.raises(Conflict, match=r"tables of our names already \(runs\)"):
        migrate.prepare(empty)
    with empty.read() as tx:
        assert inspect(tx).get_table_names() == ["runs"]


def test_a_failed_migration_leaves_the_database_as_it_was(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("alembic.operations.ops.CreateIndexOp.to_index", refuse)
        with pytest.raises(RuntimeError, match="planted"), empty.write() as tx:
            migrate.upgrade(tx)
    with empty.read() as tx:
        assert inspect(tx).get_table_names() == []


def refuse(*_arguments: object) -> None:
    raise RuntimeError("planted")
