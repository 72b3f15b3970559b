"""What other capabilities ask of the rows that endpoints served, within their own transactions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, Select, delete, func, select, type_coerce

from meguri.core.ids import EndpointId
from meguri.core.times import from_micros, micros
from meguri.profiles.reference import DAY
from meguri.serving import tables
from meguri.serving.model import Endpoint
from meguri.serving.tables import open_predictions, profile_windows

_CHUNK = 400
"""Databases bound the number of parameters of a statement."""


def get_endpoint(tx: Connection, project: str, name: str) -> Endpoint:
    """Raises NotFound."""
    return tables.get_endpoint(tx, project, name)


def find_live_version(tx: Connection, endpoint: EndpointId) -> str | None:
    """The model version that answers now."""
    live = tables.find_live(tx, endpoint)
    return None if live is None else live.version


def find_open(tx: Connection, endpoint: EndpointId, ids: Collection[str]) -> dict[str, Row[Any]]:  # Any: a row of a dynamic select
    """Predictions without a label by id: id, event_at, version, deployment, entity, inputs, output."""
    found: dict[str, Row[Any]] = {}
    for some in _chunks(ids):
        query = select(open_predictions).where(open_predictions.c.endpoint == endpoint, open_predictions.c.id.in_(some))
        found |= {row.id: row for row in tx.execute(query)}
    return found


def list_open_ids(tx: Connection, endpoint: EndpointId, among: Select[tuple[str]]) -> list[str]:
    """Ids of predictions without a label that the query `among` gives too."""
    query = select(open_predictions.c.id).where(open_predictions.c.endpoint == endpoint, open_predictions.c.id.in_(among))
    return list(tx.execute(query).scalars())


def close(tx: Connection, endpoint: EndpointId, ids: Collection[str]) -> None:
    """Remove predictions from those without a label: the caller keeps them with theirs."""
    for some in _chunks(ids):
        tx.execute(delete(open_predictions).where(open_predictions.c.endpoint == endpoint, open_predictions.c.id.in_(some)))


def count_open_by_day(tx: Connection, endpoint: EndpointId, *, from_day: int, until_day: int) -> list[tuple[str, int, int]]:
    """(version, event day, predictions without a label) of days in [from_day, until_day), ascending; days since 1970 (UTC)."""
    each = open_predictions.c
    day = (type_coerce(each.event_at, BigInteger) // DAY).label("day")
    query = (
        select(each.version, day, func.count().label("n"))
        .where(each.endpoint == endpoint, each.event_at >= from_micros(from_day * DAY), each.event_at < from_micros(until_day * DAY))
        .group_by(each.version, day)
        .order_by(day, each.version)
    )
    return [(row.version, int(row.day), row.n) for row in tx.execute(query)]


def first_open_day(tx: Connection, endpoint: EndpointId) -> int | None:
    """Event day of the earliest prediction without a label."""
    first = tx.execute(select(func.min(open_predictions.c.event_at)).where(open_predictions.c.endpoint == endpoint)).scalar_one()
    return None if first is None else micros(first) // DAY


def list_counts(
    tx: Connection, endpoint: EndpointId, version: str, reference: str, *, from_day: int, until_day: int
) -> list[tuple[int, int, list[int]]]:
    """(event day, rows, counts over the cells of that reference) of days in [from_day, until_day), ascending."""
    each = profile_windows.c
    mine = (each.endpoint == endpoint) & (each.version == version) & (each.reference == reference)
    query = select(each.day, each.rows, each.counts).where(mine, each.day >= from_day, each.day < until_day)
    return [(row.day, row.rows, row.counts) for row in tx.execute(query.order_by(each.day))]


def _chunks(ids: Collection[str]) -> Iterator[list[str]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        yield wanted[start : start + _CHUNK]
