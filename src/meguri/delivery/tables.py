from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Index, Row, String, Table, func, insert, select, update

from meguri.core.definitions.automation import GateDefinition
from meguri.core.errors import NotFound
from meguri.core.times import from_micros
from meguri.db.metadata import Json, Micros, metadata
from meguri.delivery.gate import Verdict
from meguri.delivery.model import Promotion, Status

promotions = Table(
    "promotions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("project", String(128), nullable=False),
    Column("endpoint", String(128), nullable=False),
    Column("model", String(128), nullable=False),
    Column("challenger", String(64), nullable=False),
    Column("champion", String(64)),
    Column("status", String(16), nullable=False),
    Column("gate", Json, nullable=False),
    Column("until", Micros, nullable=False),
    Column("verdict", Json),
    Column("opened_at", Micros, nullable=False),
    Column("decided_at", Micros),
    Index("ix_promotions_project_opened_at", "project", "opened_at"),
    Index("ix_promotions_challenger", "challenger"),
)


def add_promotion(tx: Connection, promotion: Promotion) -> None:
    row = {name: getattr(promotion, name) for name in Promotion.__dataclass_fields__}
    tx.execute(insert(promotions), {**row, "gate": msgspec.to_builtins(promotion.gate)})


def decide(tx: Connection, promotion: Promotion) -> None:
    changed = {"status": promotion.status, "champion": promotion.champion, "verdict": promotion.verdict, "decided_at": promotion.decided_at}
    tx.execute(update(promotions).where(promotions.c.id == promotion.id).values(**changed))


def get_promotion(tx: Connection, id: str) -> Promotion:
    row = tx.execute(select(promotions).where(promotions.c.id == id)).first()
    if row is None:
        raise NotFound("promotion", id, "list them on the page of their model")
    return _promotion(row)


def list_promotions(
    tx: Connection, project: str, *, challenger: str | None = None, limit: int = 100, before: tuple[int, str] | None = None
) -> list[Promotion]:
    """The newest first. `before`: opening time (microseconds since 1970) and id of the promotion after which to begin."""
    query = select(promotions).where(promotions.c.project == project)
    if challenger is not None:
        query = query.where(promotions.c.challenger == challenger)
    if before is not None:
        at, id = from_micros(before[0]), before[1]
        query = query.where((promotions.c.opened_at < at) | ((promotions.c.opened_at == at) & (promotions.c.id < id)))
    return [_promotion(row) for row in tx.execute(query.order_by(promotions.c.opened_at.desc(), promotions.c.id.desc()).limit(limit))]


def count_promotions(tx: Connection, project: str) -> dict[Status, int]:
    query = select(promotions.c.status, func.count()).where(promotions.c.project == project).group_by(promotions.c.status)
    return {status: int(count) for status, count in tx.execute(query)}


def _promotion(row: Row[Any]) -> Promotion:  # Any: a row of a dynamic select
    values = dict(row._mapping)
    verdict = None if row.verdict is None else msgspec.convert(row.verdict, Verdict)
    return Promotion(**{**values, "gate": msgspec.convert(row.gate, GateDefinition), "verdict": verdict})
