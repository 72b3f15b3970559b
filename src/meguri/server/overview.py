"""The loop at a glance: what the home page shows of each stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from meguri.access.routes import Request, Route
from meguri.app.build import Platform
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Unavailable
from meguri.core.times import utc_now
from meguri.registry.model import Evaluation
from meguri.serving.model import Endpoint

SPARK = 60
"""Points of a small chart, at most. Every `spark` is oldest first."""


@dataclass(frozen=True, slots=True)
class DataStage:
    """`spark`: predictions by event day."""

    sources: int
    rows: int
    last_event_at: datetime | None
    quarantined: int
    spark: list[int]


@dataclass(frozen=True, slots=True)
class FeaturesStage:
    views: int
    features: int
    services: int


@dataclass(frozen=True, slots=True)
class LastPipelineRun:
    id: str
    pipeline: str
    status: str
    started_at: datetime | None
    seconds: float | None
    trigger: str


@dataclass(frozen=True, slots=True)
class PipelineStage:
    """`runs` and `active` count pipeline runs; `spark`: seconds that the newest took, null while one runs."""

    pipelines: int
    runs: int
    active: int
    last: LastPipelineRun | None
    spark: list[float | None]


@dataclass(frozen=True, slots=True)
class LastPromotion:
    """`improvement`: share of the champion's metric by which the challenger is better."""

    id: str
    status: str
    model: str
    challenger: str
    champion: str | None
    improvement: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class GateStage:
    approved: int
    rejected: int
    last: LastPromotion | None


@dataclass(frozen=True, slots=True)
class Champion:
    model: str
    version: str
    number: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ModelStage:
    """`spark`: mean absolute error of the newest versions on their held-out days."""

    models: int
    versions: int
    champion: Champion | None
    spark: list[float | None]


@dataclass(frozen=True, slots=True)
class EndpointStage:
    """The first endpoint by name. `rate`: requests a second since its process started; `spark`: predictions by event day."""

    endpoints: int
    name: str | None
    state: str | None
    requests: int
    errors: int
    rate: float | None
    spark: list[int]


@dataclass(frozen=True, slots=True)
class MonitorStage:
    """The first quality monitor, else the first one. `alerts`: open ones; `spark`: the metric by event day."""

    monitors: int
    name: str | None
    metric: str | None
    value: float | None
    expected: float | None
    threshold: float | None
    breached: bool
    alerts: int
    spark: list[float | None]


@dataclass(frozen=True, slots=True)
class Stages:
    data: DataStage
    features: FeaturesStage
    pipeline: PipelineStage
    gate: GateStage
    model: ModelStage
    endpoint: EndpointStage
    monitor: MonitorStage


@dataclass(frozen=True, slots=True)
class LoopOverview:
    """The stages of a project's loop. `clock`: wall or event; null for a project that was never applied."""

    project: str
    clock: str | None
    watermark: datetime | None
    stages: Stages


class Overview:
    """Reads a little of everything; nothing is kept."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def routes(self) -> list[Route]:
        path = "/api/v1/projects/{project}/overview"
        return [Route("GET", path, "projects:read", self.show, "Get the loop at a glance", answer=LoopOverview)]

    def show(self, request: Request) -> LoopOverview:
        project = request.path["project"]
        with self.platform.db.read() as tx:
            definition = self.platform.projects.find_definition(tx, project)
            watermark = self.platform.events.watermark(tx, project)
            endpoints = self.platform.serving.list_endpoints(tx, project)
            model = self._model(tx, project, definition)
            pipeline = self._pipeline(tx, project, definition)
            days = self.platform.serving.predictions.rows_by_day(tx, endpoints[0].id) if endpoints else []
        stages = Stages(
            data=self._data(project, definition, days),
            features=_features(definition),
            pipeline=pipeline,
            gate=self._gate(project),
            model=model,
            endpoint=self._endpoint(endpoints, days),
            monitor=self._monitor(project, endpoints),
        )
        return LoopOverview(project, None if definition is None else definition.clock, watermark, stages)

    def _data(self, project: str, definition: ProjectDefinition | None, days: list[tuple[int, int]]) -> DataStage:
        sources = self.platform.features.list_sources(project)
        latest = [each.last_event_at for each in sources if each.last_event_at is not None]
        return DataStage(
            sources=len(sources),
            rows=sum(each.rows for each in sources),
            last_event_at=max(latest, default=None),
            quarantined=sum(each.quarantined for each in sources),
            spark=[count for _, count in days[-SPARK:]],
        )

    def _pipeline(self, tx: Connection, project: str, definition: ProjectDefinition | None) -> PipelineStage:
        pipelines = self.platform.pipelines
        newest = pipelines.list_runs(tx, project, limit=SPARK)
        counts = pipelines.count_runs(tx, project)
        last = None
        if newest:
            run = newest[0]
            last = LastPipelineRun(run.id, run.pipeline, run.status, run.started_at, run.seconds, run.trigger)
        return PipelineStage(
            pipelines=0 if definition is None else len(definition.pipelines),
            runs=sum(counts.values()),
            active=counts.get("queued", 0) + counts.get("running", 0),
            last=last,
            spark=[each.seconds for each in reversed(newest)],
        )

    def _gate(self, project: str) -> GateStage:
        counts = self.platform.delivery.count(project)
        found = self.platform.delivery.list(project, limit=1)
        last = None
        if found:
            [each] = found
            improvement = None if each.verdict is None else each.verdict.improvement
            at = each.decided_at or each.opened_at
            last = LastPromotion(each.id, each.status, each.model, each.challenger, each.champion, improvement, at)
        return GateStage(counts.get("approved", 0), counts.get("rejected", 0), last)

    def _model(self, tx: Connection, project: str, definition: ProjectDefinition | None) -> ModelStage:
        registry = self.platform.registry
        models = registry.list_models(tx, project)
        wanted = definition.endpoints[0].model if definition is not None and definition.endpoints else None
        first = next((each for each in models if each.name == wanted), models[0] if models else None)
        if first is None:
            return ModelStage(0, 0, None, [])
        found = registry.find_champion(tx, project, first.name)
        champion = None if found is None else Champion(found.model, found.id, found.number, found.created_at)
        newest = registry.list_versions(tx, project, first.name, limit=SPARK)
        spark = [_mean_error(each.baseline) for each in reversed(newest)]
        return ModelStage(len(models), sum(each.versions for each in models), champion, spark)

    def _endpoint(self, endpoints: list[Endpoint], days: list[tuple[int, int]]) -> EndpointStage:
        if not endpoints:
            return EndpointStage(0, None, None, 0, 0, None, [])
        first = endpoints[0]
        requests, errors, rate, state = 0, 0, None, "down"
        try:
            process = self.platform.serving.client.state(first)
            requests, errors = process.requests, process.errors
            rate = requests / max((utc_now() - process.started_at).total_seconds(), 1e-3)
            state = "live" if process.revision else "starting"
        except Unavailable:
            pass
        served = sum(count for _, count in days)
        return EndpointStage(len(endpoints), first.name, state, max(requests, served), errors, rate, [count for _, count in days[-SPARK:]])

    def _monitor(self, project: str, endpoints: list[Endpoint]) -> MonitorStage:
        monitoring = self.platform.monitoring
        monitors = monitoring.list_monitors(project)
        if not monitors:
            return MonitorStage(0, None, None, None, None, None, False, 0, [])
        chosen = next((each for each in monitors if each.definition.kind == "quality"), monitors[0])
        name, metric = chosen.definition.name, chosen.definition.metric
        checks = monitoring.list_checks(project, name, limit=30)
        last = next((each for each in checks if each.value is not None), chosen.last)
        days = monitoring.quality(project, endpoints[0].name) if endpoints else []
        return MonitorStage(
            monitors=len(monitors),
            name=name,
            metric=metric,
            value=None if last is None else last.value,
            expected=None if last is None else last.expected,
            threshold=None if last is None else last.threshold,
            breached=last is not None and last.verdict == "breach",
            alerts=monitoring.count_open_alerts(project),
            spark=[each.metrics.get(metric) for each in days[-SPARK:]],
        )


def _features(definition: ProjectDefinition | None) -> FeaturesStage:
    views = definition.feature_views if definition is not None else ()
    services = len(definition.feature_services) if definition is not None else 0
    return FeaturesStage(len(views), sum(len(view.features) for view in views), services)


def _mean_error(baseline: Evaluation | None) -> float | None:
    """Mean absolute error of a version on its held-out days."""
    rows = sum(day.n for day in baseline.days) if baseline is not None else 0
    return sum(day.abs for day in baseline.days) / rows if baseline is not None and rows else None
