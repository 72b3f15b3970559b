"""Routes of triggers and bake_periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from meguri.access.routes import ListPage, Request, Route, limit_of, project_of
from meguri.automation.service import BY_HAND, Automation


@dataclass(frozen=True, slots=True)
class Fire:
    """Why a trigger is fired by hand."""

    reason: str = BY_HAND


@dataclass(frozen=True, slots=True)
class Fired:
    pipeline_run: str


def routes(automation: Automation) -> list[Route]:
    def triggers(request: Request) -> ListPage[Any]:
        return ListPage(automation.list_triggers(project_of(request)))

    def fire(request: Request) -> Fired:
        body: Fire = request.body
        return Fired(automation.fire_by_hand(project_of(request), request.path["trigger"], body.reason))

    def bake_periods(request: Request) -> ListPage[Any]:
        query = request.query
        return ListPage(automation.list_bake_periods(query.get("project"), query.get("endpoint"), limit_of(request)))

    wanted = {"project": str, "endpoint": str, "limit": int}
    return [
        Route(
            "GET", "/api/v1/triggers", "triggers:read", triggers, "Triggers with their last firing", answer=ListPage, query={"project": str}
        ),
        Route(
            "POST",
            "/api/v1/triggers/{trigger}/fire",
            "triggers:write",
            fire,
            "Start a trigger's pipeline now",
            Fire,
            Fired,
            {"project": str},
            202,
        ),
        Route(
            "GET",
            "/api/v1/bake-periods",
            "bake-periods:read",
            bake_periods,
            "Watched deployments, the newest first",
            answer=ListPage,
            query=wanted,
        ),
    ]
