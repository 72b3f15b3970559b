"""REST of triggers and bake periods."""

from __future__ import annotations

from dataclasses import dataclass

from meguri.access.lists import LIST_QUERY, cursor_of, page_of
from meguri.access.routes import ListPage, Request, Route, limit_of
from meguri.automation.model import BakePeriod, TriggerState
from meguri.automation.service import BY_HAND, Automation
from meguri.core.ids import PipelineRunId
from meguri.core.times import micros

PROJECT = "/api/v1/projects/{project}"


@dataclass(frozen=True, slots=True)
class Fire:
    """Why a trigger is fired by hand."""

    reason: str = BY_HAND


@dataclass(frozen=True, slots=True)
class Fired:
    """The pipeline run that was started."""

    pipeline_run: PipelineRunId


def routes(automation: Automation) -> list[Route]:
    """All routes of triggers and bake periods."""

    def list_triggers(request: Request) -> ListPage[TriggerState]:
        return ListPage(automation.list_triggers(request.path["project"]))

    def fire(request: Request) -> Fired:
        return Fired(automation.fire_by_hand(request.path["project"], request.path["trigger"], request.body.reason))

    def list_bake_periods(request: Request) -> ListPage[BakePeriod]:
        limit, before = limit_of(request), cursor_of(request, tuple[int, str])
        found = automation.list_bake_periods(request.path["project"], request.query.get("endpoint"), limit + 1, before=before)
        return page_of(found, limit, lambda each: (micros(each.window_from), each.id))

    triggers = f"{PROJECT}/triggers"
    return [
        Route("GET", triggers, "triggers:read", list_triggers, "List triggers with their last firing", answer=ListPage[TriggerState]),
        Route(
            "POST", triggers + "/{trigger}/fire", "triggers:operate", fire, "Start a trigger's pipeline now", Fire, Fired, status=202
        ),
        Route(
            "GET", f"{PROJECT}/bake-periods", "bake-periods:read", list_bake_periods, "List bake periods, the newest first",
            answer=ListPage[BakePeriod], query={**LIST_QUERY, "endpoint": str},
        ),
    ]  # fmt: skip
