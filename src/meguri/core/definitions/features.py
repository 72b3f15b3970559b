"""Entities, sources, feature views and feature services."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

DType = Literal["int", "float", "bool", "str", "datetime"]
Aggregation = Literal["last", "mean", "sum", "count", "min", "max"]


@dataclass(frozen=True, slots=True)
class EntityDefinition:
    """What features are about: `key` is the column that names one of them."""

    name: str
    key: str
    dtype: DType = "str"


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """A stream of events. A row may be used at a moment only if `known_at` is not after that moment.

    `known_after_seconds` is added to the event time where the rows carry no `known_at` column of their own.
    `columns` names the other columns (entity key and time columns are not repeated in it).
    """

    name: str
    entity: str
    event_time: str
    columns: dict[str, DType]
    known_at: str | None = None
    known_after_seconds: float = 0.0
    description: str = ""


@dataclass(frozen=True, slots=True)
class FeatureDefinition:
    """One value of an entity at a moment `t`: `aggregation` of `column` over events in the window (t - offset - window, t - offset]."""

    name: str
    aggregation: Aggregation
    column: str
    window_seconds: float
    offset_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class FeatureViewDefinition:
    """Features computed from one source for its entity."""

    name: str
    source: str
    features: tuple[FeatureDefinition, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class FeatureServiceDefinition:
    """The inputs of a model, frozen: columns sent with the request, then features looked up from views; `label` is what is predicted.

    Model inputs, in order: `request` columns, then every feature of `views` (in their order). In training, request columns and the
    label come from the rows of `source` itself, and the features are joined as they were known at each row's event time.
    """

    name: str
    source: str
    request: tuple[str, ...]
    views: tuple[str, ...]
    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """Everything a point-in-time join or an online lookup of one service needs: the service with what it refers to, resolved."""

    service: FeatureServiceDefinition
    entity: EntityDefinition
    source: SourceDefinition
    views: tuple[FeatureViewDefinition, ...] = ()
    view_sources: tuple[SourceDefinition, ...] = ()
    view_entities: tuple[EntityDefinition, ...] = field(default=())

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the model's inputs, in the order in which the model takes them."""
        return (*self.service.request, *(feature.name for view in self.views for feature in view.features))
