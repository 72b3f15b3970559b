"""REST of sources, feature views, feature services and lookups."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from meguri.access.routes import UPLOAD, ListPage, Request, Route
from meguri.core.definitions.features import FeatureServiceDefinition, FeatureViewDefinition
from meguri.core.definitions.models import Value
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Invalid
from meguri.core.ids import SnapshotId
from meguri.core.json import JsonObject
from meguri.core.times import parse_time
from meguri.datasets.model import Schema
from meguri.features.model import PushResult, SourceState
from meguri.features.online import FeatureValue
from meguri.features.service import Features

PROJECT = "/api/v1/projects/{project}"
READ, WRITE = "features:read", "features:write"


@dataclass(frozen=True, slots=True)
class Push:
    """Rows of a source: values by column."""

    rows: list[JsonObject]


@dataclass(frozen=True, slots=True)
class Adopt:
    """The snapshot whose schema rows are checked against from now on."""

    snapshot: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """`request`: columns that a view about another entity is looked up by. `at`: ISO 8601, default now."""

    service: str
    entity: str | int
    at: datetime | None = None
    request: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeatureLookup:
    """Features of an entity as they were known at a moment; null where there was no value."""

    at: datetime
    features: dict[str, FeatureValue]


@dataclass(frozen=True, slots=True)
class FeatureViewDetails:
    """A view with the services that use it."""

    view: FeatureViewDefinition
    services: list[str]


@dataclass(frozen=True, slots=True)
class FeatureServiceDetails:
    """A service with the names of a model's inputs, in order, and the endpoints that use it."""

    service: FeatureServiceDefinition
    inputs: list[str]
    endpoints: list[str]


def routes(features: Features) -> list[Route]:
    """All routes of sources, feature views, feature services and lookups."""
    return [*_source_routes(features), *_definition_routes(features), *_lookup_routes(features)]


def _source_routes(features: Features) -> list[Route]:
    def list_sources(request: Request) -> ListPage[SourceState]:
        return ListPage(list(features.list_sources(request.path["project"])))

    def push(request: Request) -> PushResult:
        return features.push(request.path["project"], request.path["source"], request.body.rows)

    def adopt_schema(request: Request) -> Schema:
        return features.adopt_schema(request.path["project"], request.path["source"], SnapshotId(request.body.snapshot))

    every = f"{PROJECT}/sources"
    one = every + "/{source}"
    return [
        Route("GET", every, READ, list_sources, "List sources with their freshness", answer=ListPage[SourceState]),
        Route("POST", f"{one}/push", WRITE, push, "Push rows of a source", Push, PushResult, largest_body=UPLOAD),
        Route("PUT", f"{one}/schema", WRITE, adopt_schema, "Check rows against the schema of another snapshot", Adopt, Schema),
    ]


def _definition_routes(features: Features) -> list[Route]:
    def list_views(request: Request) -> ListPage[FeatureViewDetails]:
        definition = features.find_definition(request.path["project"])
        if definition is None:
            return ListPage([])
        services = definition.feature_services
        return ListPage(
            [FeatureViewDetails(view, [each.name for each in services if view.name in each.views]) for view in definition.feature_views]
        )

    def list_services(request: Request) -> ListPage[FeatureServiceDetails]:
        definition = features.find_definition(request.path["project"])
        if definition is None:
            return ListPage([])
        return ListPage([_service_details(definition, each) for each in definition.feature_services])

    views, services = f"{PROJECT}/feature-views", f"{PROJECT}/feature-services"
    return [
        Route("GET", views, READ, list_views, "List feature views", answer=ListPage[FeatureViewDetails]),
        Route("GET", services, READ, list_services, "List feature services", answer=ListPage[FeatureServiceDetails]),
    ]


def _lookup_routes(features: Features) -> list[Route]:
    def look_up(request: Request) -> FeatureLookup:
        at = parse_time(request.query["at"], "at") if request.query.get("at") else features.clock()
        for name in ("service", "entity"):
            if not request.query.get(name):
                raise Invalid(name, "say which: ?service=hourly&entity=dc&at=2011-05-01T00:00:00Z")
        found = features.lookup(request.path["project"], request.query["service"], request.query["entity"], at)
        return FeatureLookup(at, found)

    def look_up_with_request(request: Request) -> FeatureLookup:
        asked: Lookup = request.body
        at = asked.at or features.clock()
        if at.tzinfo is None:
            raise Invalid("at", f"{at.isoformat()} has no time zone: add Z or an offset such as +09:00")
        return FeatureLookup(at, features.lookup(request.path["project"], asked.service, asked.entity, at, asked.request))

    path = f"{PROJECT}/features/lookup"
    query: dict[str, type] = {"service": str, "entity": str, "at": str}
    return [
        Route("GET", path, READ, look_up, "Look up the features of an entity at a moment", answer=FeatureLookup, query=query),
        Route("POST", path, READ, look_up_with_request, "Look up features with request columns", Lookup, FeatureLookup),
    ]


def _service_details(definition: ProjectDefinition, service: FeatureServiceDefinition) -> FeatureServiceDetails:
    endpoints = [endpoint.name for endpoint in definition.endpoints if endpoint.features == service.name]
    return FeatureServiceDetails(service, list(definition.feature_set(service.name).inputs), endpoints)
