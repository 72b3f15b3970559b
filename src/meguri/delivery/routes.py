"""Routes of promotions."""

from __future__ import annotations

from meguri.access.routes import Page, Request, Route, limit_of
from meguri.delivery.model import Promotion
from meguri.delivery.service import Delivery


def routes(delivery: Delivery) -> list[Route]:
    def list_promotions(request: Request) -> Page:
        query = request.query
        return Page(delivery.list(query.get("project"), challenger=query.get("challenger"), limit=limit_of(request)))

    def show(request: Request) -> Promotion:
        return delivery.get(request.path["promotion"])

    wanted = {"project": str, "challenger": str, "limit": int}
    return [
        Route("GET", "/api/v1/promotions", "promotions:read", list_promotions, "Promotions, the newest first", answer=Page, query=wanted),
        Route("GET", "/api/v1/promotions/{promotion}", "promotions:read", show, "A promotion with the gate's evidence", answer=Promotion),
    ]
