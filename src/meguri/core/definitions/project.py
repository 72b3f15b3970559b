"""A whole user project, as a bundle's manifest carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

import msgspec

from meguri.core.definitions.automation import TriggerDefinition
from meguri.core.definitions.features import (
    EntityDefinition,
    FeatureServiceDefinition,
    FeatureSet,
    FeatureViewDefinition,
    SourceDefinition,
)
from meguri.core.definitions.monitoring import MonitorDefinition
from meguri.core.definitions.names import ensure_function_name, ensure_slug
from meguri.core.definitions.pipelines import PipelineDefinition
from meguri.core.definitions.serving import EndpointDefinition
from meguri.core.errors import Invalid, NotFound


class HasName(Protocol):
    @property
    def name(self) -> str: ...


Named = TypeVar("Named", bound=HasName)


@dataclass(frozen=True, slots=True)
class ProjectDefinition:
    """`clock` "event": the watermark moves only when a client advances it; "wall": the server advances it to the present."""

    name: str
    clock: Literal["event", "wall"] = "wall"
    entities: tuple[EntityDefinition, ...] = ()
    sources: tuple[SourceDefinition, ...] = ()
    feature_views: tuple[FeatureViewDefinition, ...] = ()
    feature_services: tuple[FeatureServiceDefinition, ...] = ()
    pipelines: tuple[PipelineDefinition, ...] = ()
    endpoints: tuple[EndpointDefinition, ...] = ()
    monitors: tuple[MonitorDefinition, ...] = ()
    triggers: tuple[TriggerDefinition, ...] = ()
    description: str = ""

    def feature_set(self, service: str) -> FeatureSet:
        """A service with everything it refers to. Raises NotFound naming what is missing."""
        chosen = _named(self.feature_services, service, "feature_service")
        source = _named(self.sources, chosen.source, "source")
        views = tuple(_named(self.feature_views, name, "feature_view") for name in chosen.views)
        view_sources = tuple(_named(self.sources, view.source, "source") for view in views)
        entities = tuple(_named(self.entities, each.entity, "entity") for each in view_sources)
        return FeatureSet(chosen, _named(self.entities, source.entity, "entity"), source, views, view_sources, entities)

    def ensure_complete(self) -> None:
        """Names can be names, and every one that a definition refers to is there. Raises NotFound or Invalid."""
        ensure_slug("project", self.name)
        for kind in ("entities", "sources", "feature_views", "feature_services", "pipelines", "endpoints", "monitors", "triggers"):
            names = [each.name for each in getattr(self, kind)]
            for name in names:
                (ensure_function_name if kind == "pipelines" else ensure_slug)(kind, name)
                if names.count(name) > 1:
                    raise Invalid(kind, f"{name!r} is declared twice: names are unique within a project")
        for source in self.sources:
            _named(self.entities, source.entity, "entity")
        for service in self.feature_services:
            self.feature_set(service.name)
        for endpoint in self.endpoints:
            _named(self.feature_services, endpoint.features, "feature_service")
        for monitor in self.monitors:
            _named(self.endpoints, monitor.endpoint, "endpoint")
        for trigger in self.triggers:
            _named(self.pipelines, trigger.policy.pipeline, "pipeline")
            _named(self.endpoints, trigger.policy.endpoint, "endpoint")
            if trigger.monitor is not None:
                _named(self.monitors, trigger.monitor, "monitor")

    def to_json(self) -> bytes:
        return msgspec.json.encode(self, order="deterministic")

    @staticmethod
    def from_json(content: bytes) -> ProjectDefinition:
        """Raises Invalid for a manifest that does not have this form."""
        try:
            return msgspec.json.decode(content, type=ProjectDefinition)
        except msgspec.DecodeError as error:
            raise Invalid("manifest", f"{error}: make the bundle again with `meguri apply`") from error


def _named(things: tuple[Named, ...], name: str, kind: str) -> Named:
    for thing in things:
        if thing.name == name:
            return thing
    known = ", ".join(sorted(each.name for each in things)) or "none"
    raise NotFound(kind, name, f"the project declares {known}")
