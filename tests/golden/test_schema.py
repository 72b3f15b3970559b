"""The tables, as each dialect creates them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from meguri.db.metadata import metadata
from meguri.testing.ledger import load_tables


@pytest.mark.parametrize("name, dialect", [("sqlite", sqlite.dialect()), ("postgresql", postgresql.dialect())])
def test_schema(golden: Callable[[str, str], None], name: str, dialect: Dialect) -> None:
    load_tables()
    statements = []
    for table in metadata.sorted_tables:
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        statements += [CreateTable(table).compile(dialect=dialect), *(CreateIndex(index).compile(dialect=dialect) for index in indexes)]
    lines = [
        line.rstrip() for line in "\n".join(f"{str(statement).rstrip()};" for statement in statements).replace("\t", "    ").splitlines()
    ]
    golden(f"schema.{name}.sql", "\n".join(line for line in lines if line) + "\n")
