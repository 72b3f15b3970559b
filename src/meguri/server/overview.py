"""The loop at a glance: what the ring on the home page shows of each stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from meguri.access.routes import Request, Route, project_of
from meguri.app.build import Platform
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Unavailable
from meguri.core.times import parse_time, utc_now
from meguri.serving.model import Endpoint

SPARK = 60
"""Points of a small chart, at most."""

Stage = dict[str, Any]  # Any: JSON; each stage has its own few facts


@dataclass(frozen=True, slots=True)
class OverviewAnswer:
    """`stages`: data, features, pipeline, gate, model, endpoint and monitor, each with its facts and a `spark` (oldest first)."""

    project: str
    clock: str | None
    watermark: datetime | None
    stages: dict[str, Stage]


class Overview:
    """Reads a little of everything; nothing is kept."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def routes(self) -> list[Route]:
        query = {"project": str}
        return [Route("GET", "/api/v1/overview", "projects:read", self.show, "The loop at a glance", answer=OverviewAnswer, query=query)]

    def show(self, request: Request) -> OverviewAnswer:
        project = project_of(request)
        with self.platform.db.read() as tx:
            definition = self.platform.projects.find_definition(tx, project)
            watermark = self.platform.events.watermark(tx, project)
            endpoints = self.platform.serving.list_endpoints(tx, project)
            model = self._model(tx, project, definition)
            days = self._days(tx, endpoints)
        stages = {
            "data": self._data(project, definition, days),
            "features": _features(definition),
            "pipeline": self._pipeline(project, definition),
            "gate": self._gate(project),
            "model": model,
            "endpoint": self._endpoint(endpoints, days),
            "monitor": self._monitor(project, definition, endpoints),
        }
        return OverviewAnswer(project, None if definition is None else definition.clock, watermark, stages)

    def _days(self, tx: Connection, endpoints: list[Endpoint]) -> list[tuple[int, int]]:
        return self.platform.serving.predictions.rows_by_day(tx, endpoints[0].name) if endpoints else []

    def _data(self, project: str, definition: ProjectDefinition | None, days: list[tuple[int, int]]) -> Stage:
        sources = self.platform.features.list_sources(project) if definition is not None else []
        latest = [each.last_event_at for each in sources if each.last_event_at is not None]
        return {
            "sources": len(sources),
            "rows": sum(each.rows for each in sources),
            "last_event_at": max(latest, default=None),
            "quarantined": sum(each.quarantined for each in sources),
            "spark": [count for _, count in days[-SPARK:]],
        }

    def _pipeline(self, project: str, definition: ProjectDefinition | None) -> Stage:
        with self.platform.db.read() as tx:
            runs = self.platform.pipelines.list_runs(tx, project, limit=1_000)
        last = runs[0] if runs else None
        return {
            "pipelines": 0 if definition is None else len(definition.pipelines),
            "runs": len(runs),
            "active": sum(each.finished_at is None for each in runs),
            "last": None
            if last is None
            else {
                "id": last.id,
                "pipeline": last.pipeline,
                "status": last.status,
                "started_at": last.started_at,
                "seconds": last.seconds,
                "trigger": last.trigger,
            },
            "spark": [each.seconds for each in reversed(runs[:SPARK])],
        }

    def _gate(self, project: str) -> Stage:
        found = self.platform.delivery.list(project, limit=1_000)
        last = found[0] if found else None
        return {
            "approved": sum(each.status == "approved" for each in found),
            "rejected": sum(each.status == "rejected" for each in found),
            "last": None
            if last is None
            else {
                "id": last.id,
                "status": last.status,
                "model": last.model,
                "challenger": last.challenger,
                "champion": last.champion,
                "improvement": None if last.verdict is None else last.verdict.get("improvement"),
                "at": last.decided_at or last.opened_at,
            },
        }

    def _model(self, tx: Connection, project: str, definition: ProjectDefinition | None) -> Stage:
        models = self.platform.registry.list_models(tx, project)
        wanted = definition.endpoints[0].model if definition is not None and definition.endpoints else None
        first = next((each for each in models if each.name == wanted), models[0] if models else None)
        if first is None:
            return {"models": 0, "versions": 0, "champion": None, "spark": []}
        champion = self.platform.registry.find_champion(tx, project, first.name)
        versions = self.platform.registry.list_versions(tx, project, first.name)
        return {
            "models": len(models),
            "versions": sum(each.versions for each in models),
            "champion": None
            if champion is None
            else {"model": champion.model, "version": champion.id, "number": champion.number, "created_at": champion.created_at},
            "spark": [_mean_error(each.baseline) for each in reversed(versions[:SPARK])],
        }

    def _endpoint(self, endpoints: list[Endpoint], days: list[tuple[int, int]]) -> Stage:
        if not endpoints:
            return {"endpoints": 0, "name": None, "state": None, "requests": 0, "errors": 0, "rate": None, "spark": []}
        first = endpoints[0]
        try:
            counters = self.platform.serving.client.state(first.name)
            state = "live" if counters["revision"] else "starting"
        except Unavailable:
            counters, state = {}, "down"
        requests, seconds = counters.get("requests", 0), _age(counters.get("started_at"))
        return {
            "endpoints": len(endpoints),
            "name": first.name,
            "state": state,
            "requests": max(requests, sum(count for _, count in days)),
            "errors": counters.get("errors", 0),
            "rate": requests / seconds if seconds else None,
            "spark": [count for _, count in days[-SPARK:]],
        }

    def _monitor(self, project: str, definition: ProjectDefinition | None, endpoints: list[Endpoint]) -> Stage:
        monitors = self.platform.monitoring.list_monitors(project)
        empty: Stage = {"monitors": len(monitors), "name": None, "metric": None, "value": None, "expected": None, "threshold": None}
        if not monitors:
            return {**empty, "breached": False, "alerts": 0, "spark": []}
        chosen = next((each for each in monitors if each.definition.kind == "quality"), monitors[0])
        metric = chosen.definition.metric
        checks = self.platform.monitoring.list_checks(project, chosen.definition.name, limit=30)
        last = next((each for each in reversed(checks) if each.value is not None), chosen.last)
        days = self.platform.monitoring.quality(endpoints[0].name) if endpoints else []
        return {
            "monitors": len(monitors),
            "name": chosen.definition.name,
            "metric": metric,
            "value": None if last is None else last.value,
            "expected": None if last is None else last.expected,
            "threshold": None if last is None else last.threshold,
            "breached": last is not None and last.verdict == "breach",
            "alerts": len(self.platform.monitoring.list_alerts(project, is_open=True)),
            "spark": [each.metrics.get(metric) for each in days[-SPARK:]],
        }


def _features(definition: ProjectDefinition | None) -> Stage:
    views = definition.feature_views if definition is not None else ()
    services = len(definition.feature_services) if definition is not None else 0
    return {"views": len(views), "features": sum(len(view.features) for view in views), "services": services, "keys": None}


def _age(started_at: str | None) -> float | None:
    """Seconds since a process started."""
    return None if started_at is None else (utc_now() - parse_time(started_at)).total_seconds()


def _mean_error(baseline: dict[str, Any] | None) -> float | None:  # Any: JSON
    """Mean absolute error of a version on its held-out days."""
    days = [] if baseline is None else baseline.get("days", [])
    rows = sum(day["n"] for day in days)
    return sum(day["abs"] for day in days) / rows if rows else None
