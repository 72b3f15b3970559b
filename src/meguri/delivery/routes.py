"""Routes of promotions."""

from __future__ import annotations

from typing import Any

from meguri.access.routes import ListPage, Request, Route, limit_of
from meguri.delivery.model import Promotion
from meguri.delivery.service import Delivery


def routes(delivery: Delivery) -> list[Route]:
    def list_promotions(request: Request) -> ListPage[Any]:
        query = request.query
        return ListPage(delivery.list(query.get("project"), challenger=query.get("challenger"), limit=limit_of(request)))

    def show(request: Request) -> Promotion:
        return delivery.get(request.path["promotion"])

    wanted = {"project": str, "challenger": str, "limit": int}
    return [
        Route(
            "GET", "/api/v1/promotions", "promotions:read", list_promotions, "Promotions, the newest first", answer=ListPage, query=wanted
        ),
        Route("GET", "/api/v1/promotions/{promotion}", "promotions:read", show, "A promotion with the gate's evidence", answer=Promotion),
    ]
