"""REST of promotions."""

from __future__ import annotations

from meguri.access.lists import LIST_QUERY, cursor_of, page_of
from meguri.access.routes import ListPage, Request, Route, limit_of
from meguri.core.times import micros
from meguri.delivery.model import Promotion
from meguri.delivery.service import Delivery


def routes(delivery: Delivery) -> list[Route]:
    """All routes of promotions."""

    def list_promotions(request: Request) -> ListPage[Promotion]:
        limit, before = limit_of(request), cursor_of(request, tuple[int, str])
        found = delivery.list(request.path["project"], challenger=request.query.get("challenger"), limit=limit + 1, before=before)
        return page_of(found, limit, lambda each: (micros(each.opened_at), each.id))

    def get_promotion(request: Request) -> Promotion:
        return delivery.get(request.path["promotion"])

    return [
        Route(
            "GET", "/api/v1/projects/{project}/promotions", "promotions:read", list_promotions, "List promotions, the newest first",
            answer=ListPage[Promotion], query={**LIST_QUERY, "challenger": str},
        ),
        Route(
            "GET", "/api/v1/promotions/{promotion}", "promotions:read", get_promotion, "Get a promotion with the gate's evidence",
            answer=Promotion, project=lambda tx, path: delivery.project_of(tx, path["promotion"]),
        ),
    ]  # fmt: skip
