"""The table of sources, as they were last declared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Column, Connection, String, Table, select

from meguri.core.definitions.features import EntityDefinition, SourceDefinition
from meguri.db.dialect import upsert
from meguri.db.metadata import Json, Micros, metadata

sources = Table(
    "sources",
    metadata,
    Column("project", String(128), primary_key=True),
    Column("name", String(128), primary_key=True),
    Column("definition", Json, nullable=False),
    Column("entity", Json, nullable=False),
    Column("live_since", Micros),
)


@dataclass(frozen=True, slots=True)
class DeclaredSource:
    """A source as it was last declared. `live_since`: the project's time when it was first declared, from which on arrivals count."""

    source: SourceDefinition
    entity: EntityDefinition
    live_since: datetime | None


def find_source(tx: Connection, project: str, name: str) -> DeclaredSource | None:
    """A source as it was last declared, also when the project does not declare it any more."""
    row = tx.execute(select(sources).where(sources.c.project == project, sources.c.name == name)).first()
    if row is None:
        return None
    return DeclaredSource(msgspec.convert(row.definition, SourceDefinition), msgspec.convert(row.entity, EntityDefinition), row.live_since)


def put_source(tx: Connection, project: str, source: SourceDefinition, entity: EntityDefinition, live_since: datetime | None) -> None:
    """Store a declaration; the first `live_since` of a source stays."""
    definition = {"definition": msgspec.to_builtins(source), "entity": msgspec.to_builtins(entity)}
    row = {"project": project, "name": source.name, **definition, "live_since": live_since}
    upsert(tx, sources, [row], key=["project", "name"], update=["definition", "entity"])
