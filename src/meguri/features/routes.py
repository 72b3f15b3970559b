"""REST of sources, feature views, feature services and lookups."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from meguri.access.routes import UPLOAD, ListPage, Request, Route, project_of
from meguri.core.definitions.features import FeatureServiceDefinition, FeatureViewDefinition
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Invalid
from meguri.core.ids import SnapshotId
from meguri.core.times import parse_time
from meguri.datasets.model import Schema
from meguri.features.model import PushResult
from meguri.features.online import FeatureValue
from meguri.features.service import Features

READS, WRITES = "features:read", "features:write"
IN_PROJECT: dict[str, type] = {"project": str}


@dataclass(frozen=True, slots=True)
class Push:
    rows: list[dict[str, Any]]  # Any: values of the columns that the source declares


@dataclass(frozen=True, slots=True)
class Adopt:
    snapshot: str


@dataclass(frozen=True, slots=True)
class Look:
    """`request`: columns that a view about another entity is looked up by. `at`: ISO 8601, default now."""

    project: str
    service: str
    entity: str | int
    at: datetime | None = None
    request: dict[str, Any] = field(default_factory=dict)  # Any: as above


@dataclass(frozen=True, slots=True)
class Looked:
    at: datetime
    features: dict[str, FeatureValue]


@dataclass(frozen=True, slots=True)
class ViewAnswer:
    """A view with the services that use it."""

    view: FeatureViewDefinition
    services: list[str]


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """A service with the names of a model's inputs, in order, and the endpoints that use it."""

    service: FeatureServiceDefinition
    inputs: list[str]
    endpoints: list[str]


def routes(features: Features) -> list[Route]:
    return [*_of_sources(features), *_of_definitions(features), *_of_lookups(features)]


def _of_sources(features: Features) -> list[Route]:
    def listed(request: Request) -> ListPage[Any]:
        return ListPage(list(features.list_sources(project_of(request))))

    def push(request: Request) -> PushResult:
        return features.push(project_of(request), request.path["source"], request.body.rows)

    def adopt(request: Request) -> Schema:
        return features.adopt_schema(project_of(request), request.path["source"], SnapshotId(request.body.snapshot))

    one = "/api/v1/sources/{source}"
    return [
        Route("GET", "/api/v1/sources", READS, listed, "Sources with their freshness", answer=ListPage, query=IN_PROJECT),
        Route(
            "POST",
            f"{one}/push",
            WRITES,
            push,
            "Push rows of a source",
            body=Push,
            answer=PushResult,
            query=IN_PROJECT,
            largest_body=UPLOAD,
        ),
        Route("PUT", f"{one}/schema", WRITES, adopt, "Hold rows against another snapshot", body=Adopt, answer=Schema, query=IN_PROJECT),
    ]


def _of_definitions(features: Features) -> list[Route]:
    def views(request: Request) -> ListPage[Any]:
        definition = features.definition(project_of(request))
        services = definition.feature_services
        return ListPage(
            [ViewAnswer(view, [each.name for each in services if view.name in each.views]) for view in definition.feature_views]
        )

    def services(request: Request) -> ListPage[Any]:
        definition = features.definition(project_of(request))
        return ListPage([_service_answer(definition, each) for each in definition.feature_services])

    return [
        Route("GET", "/api/v1/feature-views", READS, views, "Feature views", answer=ListPage, query=IN_PROJECT),
        Route("GET", "/api/v1/feature-services", READS, services, "Feature services", answer=ListPage, query=IN_PROJECT),
    ]


def _of_lookups(features: Features) -> list[Route]:
    def look(request: Request) -> Looked:
        at = parse_time(request.query["at"], "at") if request.query.get("at") else features.clock()
        for name in ("service", "entity"):
            if not request.query.get(name):
                raise Invalid(name, "say which: ?project=bikes&service=hourly&entity=dc&at=2011-05-01T00:00:00Z")
        found = features.lookup(project_of(request), request.query["service"], request.query["entity"], at)
        return Looked(at, found)

    def look_with_request(request: Request) -> Looked:
        asked: Look = request.body
        at = asked.at or features.clock()
        if at.tzinfo is None:
            raise Invalid("at", f"{at.isoformat()} has no time zone: add Z or an offset such as +09:00")
        return Looked(at, features.lookup(asked.project, asked.service, asked.entity, at, asked.request))

    asked = {**IN_PROJECT, "service": str, "entity": str, "at": str}
    path = "/api/v1/features/lookup"
    return [
        Route("GET", path, READS, look, "Look up the features of an entity at a moment", answer=Looked, query=asked),
        Route("POST", path, READS, look_with_request, "Look up features with request columns", body=Look, answer=Looked),
    ]


def _service_answer(definition: ProjectDefinition, service: FeatureServiceDefinition) -> ServiceAnswer:
    endpoints = [endpoint.name for endpoint in definition.endpoints if endpoint.features == service.name]
    return ServiceAnswer(service, list(definition.feature_set(service.name).inputs), endpoints)
