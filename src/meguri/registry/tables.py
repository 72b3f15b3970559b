"""Tables of the registry and the queries over them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)

from meguri.core.errors import NotFound
from meguri.core.ids import ModelId, ModelVersionId
from meguri.db.dialect import insert_ignore, upsert
from meguri.db.metadata import Json, Micros, Serial, metadata
from meguri.registry.model import AliasMove, Evaluation, Model, ModelVersion, VersionSpec
from meguri.registry.projects import applied_bundles, bundles

__all__ = ["applied_bundles", "bundles"]  # tables of this capability that are described beside their rules

models = Table(
    "models",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("name", String(128), nullable=False),
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("project", "name"),
)

model_versions = Table(
    "model_versions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("model", String(64), ForeignKey("models.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("origin", String(250), unique=True),
    Column("spec", Json, nullable=False),
    Column("baseline", Json),
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("model", "number"),
)

model_aliases = Table(
    "model_aliases",
    metadata,
    Column("model", String(64), ForeignKey("models.id"), primary_key=True),
    Column("alias", String(128), primary_key=True),
    Column("version", String(64), ForeignKey("model_versions.id"), nullable=False),
    Column("moved_at", Micros, nullable=False),
)

alias_moves = Table(
    "alias_moves",
    metadata,
    Column("sequence", Serial, primary_key=True, autoincrement=True),
    Column("model", String(64), ForeignKey("models.id"), nullable=False),
    Column("alias", String(128), nullable=False),
    Column("version", String(64)),
    Column("former", String(64)),
    Column("reason", Text, nullable=False),
    Column("at", Micros, nullable=False),
    Index("ix_alias_moves_model", "model", "sequence"),
)


def ensure_model(tx: Connection, project: str, name: str, *, id: str, at: datetime) -> Model:
    """The model of that name, made if there is none."""
    insert_ignore(tx, models, [{"id": id, "project": project, "name": name, "created_at": at}])
    return get_model(tx, project, name)


def get_model(tx: Connection, project: str, name: str) -> Model:
    """Raises NotFound."""
    found = _models(tx, models.c.project == project, models.c.name == name)
    if not found:
        known = ", ".join(sorted(each.name for each in list_models(tx, project))) or "none"
        raise NotFound("model", name, f"project {project!r} has {known}: register one with mg.register() in a pipeline")
    return found[0]


def list_models(tx: Connection, project: str, after: str | None = None, limit: int | None = None) -> list[Model]:
    """By name. `after`: the name after which to begin."""
    return _models(tx, models.c.project == project, *([models.c.name > after] if after is not None else []), limit=limit)


def insert_version(tx: Connection, model: ModelId, id: str, spec: VersionSpec, at: datetime) -> bool:
    """With the next number. False where a version has this origin already."""
    number = select(func.coalesce(func.max(model_versions.c.number), 0) + 1).where(model_versions.c.model == model).scalar_subquery()
    row = {"id": id, "model": model, "origin": spec.origin, "spec": msgspec.to_builtins(spec), "created_at": at}
    if spec.origin is not None and find_origin(tx, spec.origin) is not None:
        return False
    tx.execute(insert(model_versions).values(**row, number=number))
    return True


def find_origin(tx: Connection, origin: str) -> ModelVersionId | None:
    return tx.execute(select(model_versions.c.id).where(model_versions.c.origin == origin)).scalar_one_or_none()


def get_version(tx: Connection, id: str) -> ModelVersion:
    """Raises NotFound."""
    row = tx.execute(_versions().where(model_versions.c.id == id)).first()
    if row is None:
        raise NotFound("model_version", id, "list them with `meguri models NAME`")
    return _with_aliases(tx, [row])[0]


def list_versions(tx: Connection, model: ModelId, limit: int | None, before: int | None) -> list[ModelVersion]:
    """The newest first. `before`: the number below which to begin."""
    query = _versions().where(models.c.id == model).order_by(model_versions.c.number.desc()).limit(limit)
    return _with_aliases(tx, tx.execute(query if before is None else query.where(model_versions.c.number < before)).all())


def set_baseline(tx: Connection, id: str, baseline: Evaluation) -> None:
    tx.execute(update(model_versions).where(model_versions.c.id == id).values(baseline=baseline))


def delete_version(tx: Connection, id: str) -> None:
    tx.execute(delete(model_versions).where(model_versions.c.id == id))


def find_alias(tx: Connection, project: str, name: str, alias: str) -> ModelVersion | None:
    query = (
        _versions()
        .join(model_aliases, model_aliases.c.version == model_versions.c.id)
        .where(models.c.project == project, models.c.name == name, model_aliases.c.alias == alias)
    )
    found = _with_aliases(tx, tx.execute(query).all())
    return found[0] if found else None


def move_alias(tx: Connection, model: ModelId, move: AliasMove) -> None:
    """Point an alias to a version, or remove it, and keep the move; its sequence number is given by the database."""
    if move.version is None:
        tx.execute(delete(model_aliases).where(model_aliases.c.model == model, model_aliases.c.alias == move.alias))
    else:
        row = {"model": model, "alias": move.alias, "version": move.version, "moved_at": move.at}
        upsert(tx, model_aliases, [row], key=["model", "alias"], update=["version", "moved_at"])
    values = {"alias": move.alias, "version": move.version, "former": move.former, "reason": move.reason, "at": move.at}
    tx.execute(insert(alias_moves).values(model=model, **values))


def list_moves(tx: Connection, model: ModelId, limit: int | None, before: int | None) -> list[AliasMove]:
    """The newest first. `before`: the sequence number below which to begin."""
    query = select(alias_moves).where(alias_moves.c.model == model).order_by(alias_moves.c.sequence.desc()).limit(limit)
    rows = tx.execute(query if before is None else query.where(alias_moves.c.sequence < before))
    return [AliasMove(row.sequence, row.alias, row.version, row.former, row.at, row.reason) for row in rows]


def _models(tx: Connection, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Model]:
    counts = select(model_versions.c.model, func.count().label("versions")).group_by(model_versions.c.model).subquery()
    query = select(models, func.coalesce(counts.c.versions, 0).label("versions")).outerjoin(counts, counts.c.model == models.c.id)
    rows = tx.execute(query.where(*conditions).order_by(models.c.project, models.c.name).limit(limit)).all()
    ids = [row.id for row in rows]
    aliases: dict[str, dict[str, ModelVersionId]] = {id: {} for id in ids}
    for row in tx.execute(select(model_aliases).where(model_aliases.c.model.in_(ids)).order_by(model_aliases.c.alias)):
        aliases[row.model][row.alias] = ModelVersionId(row.version)
    return [Model(ModelId(row.id), row.project, row.name, row.created_at, int(row.versions), aliases[row.id]) for row in rows]


def _versions() -> Select[Any]:  # Any: columns of two tables
    columns = [column for column in model_versions.c if column.name != "model"]
    return select(*columns, models.c.project, models.c.name.label("model")).join(models, models.c.id == model_versions.c.model)


def _with_aliases(tx: Connection, rows: Sequence[Row[Any]]) -> list[ModelVersion]:  # Any: rows of a dynamic select
    if not rows:
        return []
    by_version: dict[str, list[str]] = {}
    query = select(model_aliases).where(model_aliases.c.version.in_([row.id for row in rows])).order_by(model_aliases.c.alias)
    for each in tx.execute(query):
        by_version.setdefault(each.version, []).append(each.alias)
    return [
        ModelVersion(
            ModelVersionId(row.id),
            row.project,
            row.model,
            row.number,
            row.created_at,
            msgspec.convert(row.spec, VersionSpec),
            tuple(by_version.get(row.id, ())),
            None if row.baseline is None else msgspec.convert(row.baseline, Evaluation),
        )
        for row in rows
    ]
