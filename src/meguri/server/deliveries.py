"""Events that a consumer failed to process: listed, and tried again."""

from __future__ import annotations

from dataclasses import dataclass

from meguri.access.routes import ListPage, Request, Route
from meguri.db.engine import Database
from meguri.events.service import Events, FailedDelivery


@dataclass(frozen=True, slots=True)
class RetryDeliveries:
    """Which failed deliveries: those of one event, or all."""

    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class RetriedDeliveries:
    """How many deliveries are tried again."""

    retried: int


def delivery_routes(db: Database, events: Events) -> list[Route]:
    """With `project` for its deliveries, without it (administrators of the installation) for those of all projects."""

    def list_failed(request: Request) -> ListPage[FailedDelivery]:
        with db.read() as tx:
            return ListPage(events.failed(tx, request.query.get("project")))

    def retry(request: Request) -> RetriedDeliveries:
        body: RetryDeliveries = request.body
        with db.write() as tx:
            return RetriedDeliveries(events.retry(tx, project=request.query.get("project"), sequence=body.sequence))

    query: dict[str, type] = {"project": str}
    path = "/api/v1/deliveries/failed"
    return [
        Route("GET", path, "events:read", list_failed, "Failed deliveries", answer=ListPage[FailedDelivery], query=query),
        Route(
            "POST",
            f"{path}/retry",
            "events:operate",
            retry,
            "Try failed deliveries again",
            body=RetryDeliveries,
            answer=RetriedDeliveries,
            query=query,
        ),
    ]
