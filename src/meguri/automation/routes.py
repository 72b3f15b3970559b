"""Routes of triggers and watches."""

from __future__ import annotations

from dataclasses import dataclass

from meguri.access.routes import Page, Request, Route, limit_of, project_of
from meguri.automation.service import BY_HAND, Automation


@dataclass(frozen=True, slots=True)
class Fire:
    """Why a trigger is fired by hand."""

    reason: str = BY_HAND


@dataclass(frozen=True, slots=True)
class Fired:
    pipeline_run: str


def routes(automation: Automation) -> list[Route]:
    def triggers(request: Request) -> Page:
        return Page(automation.list_triggers(project_of(request)))

    def fire(request: Request) -> Fired:
        body: Fire = request.body
        return Fired(automation.fire_by_hand(project_of(request), request.path["trigger"], body.reason))

    def watches(request: Request) -> Page:
        query = request.query
        return Page(automation.list_watches(query.get("project"), query.get("endpoint"), limit_of(request)))

    wanted = {"project": str, "endpoint": str, "limit": int}
    return [
        Route("GET", "/api/v1/triggers", "triggers:read", triggers, "Triggers with their last firing", answer=Page, query={"project": str}),
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
        Route("GET", "/api/v1/watches", "watches:read", watches, "Watched deployments, the newest first", answer=Page, query=wanted),
    ]
