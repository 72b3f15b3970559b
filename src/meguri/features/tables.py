"""The table of sources, as they were last declared."""

from __future__ import annotations

import msgspec
from sqlalchemy import Column, Connection, String, Table, select

from meguri.core.definitions.features import EntityDefinition, SourceDefinition
from meguri.db.dialect import upsert
from meguri.db.metadata import Json, metadata

sources = Table(
    "sources",
    metadata,
    Column("project", String(128), primary_key=True),
    Column("name", String(128), primary_key=True),
    Column("definition", Json, nullable=False),
    Column("entity", Json, nullable=False),
)


def find_source(tx: Connection, project: str, name: str) -> tuple[SourceDefinition, EntityDefinition] | None:
    """A source as it was last declared, also when the project does not declare it any more."""
    row = tx.execute(select(sources).where(sources.c.project == project, sources.c.name == name)).first()
    if row is None:
        return None
    return msgspec.convert(row.definition, SourceDefinition), msgspec.convert(row.entity, EntityDefinition)


def put_source(tx: Connection, project: str, source: SourceDefinition, entity: EntityDefinition) -> None:
    row = {"project": project, "name": source.name, "definition": msgspec.to_builtins(source), "entity": msgspec.to_builtins(entity)}
    upsert(tx, sources, [row], key=["project", "name"], update=["definition", "entity"])
