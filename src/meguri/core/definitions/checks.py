"""Rules for sources, feature views and feature services, checked where they are declared and where a bundle is applied."""

from __future__ import annotations

from collections.abc import Iterable

from meguri.core.definitions.features import (
    EntityDefinition,
    FeatureDefinition,
    FeatureServiceDefinition,
    FeatureViewDefinition,
    SourceDefinition,
)
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Invalid
from meguri.core.times import show_seconds

NUMBERS = ("int", "float", "bool")
WITHOUT_NUMBERS = ("last", "count")
PREDICTION = "prediction"


def ensure_sound(project: ProjectDefinition) -> None:
    """Every name is known and every feature can be computed. Raises NotFound or Invalid, naming the definition and what to change."""
    project.ensure_complete()
    entities = {each.name: each for each in project.entities}
    sources = {each.name: each for each in project.sources}
    for source in project.sources:
        _check_source(source, entities[source.entity])
    for view in project.feature_views:
        if view.source not in sources:
            raise Invalid(f"feature view {view.name}", f"its source {view.source!r} is not declared: declared are {_list(sources)}")
        _check_view(view, sources[view.source])
    views = {each.name: each for each in project.feature_views}
    for service in project.feature_services:
        _check_service(service, sources, entities, views)


def _check_source(source: SourceDefinition, entity: EntityDefinition) -> None:
    where = f"source {source.name}"
    special = [name for name in (entity.key, source.event_time, source.known_at) if name is not None]
    if len(set(special)) < len(special):
        raise Invalid(where, "entity key, event time and known_at must be different columns")
    for name in special:
        if name in source.columns:
            raise Invalid(where, f"column {name!r} is its key or a time already: leave it out of `columns`")
    for name in (*special, *source.columns):
        if not name or name.startswith("_"):
            raise Invalid(where, f"column name {name!r} is empty or begins with '_', which is reserved for meguri: rename it")
    if source.known_after_seconds < 0:
        raise Invalid(where, "known_after is negative: nothing is known before it happens")


def _check_view(view: FeatureViewDefinition, source: SourceDefinition) -> None:
    for feature in view.features:
        _check_feature(f"feature {view.name}.{feature.name}", feature, source)


def _check_feature(where: str, feature: FeatureDefinition, source: SourceDefinition) -> None:
    dtype = source.columns.get(feature.column)
    if dtype is None:
        raise Invalid(where, f"source {source.name!r} has no column {feature.column!r}: it has {_list(source.columns)}")
    if dtype not in NUMBERS and feature.aggregation not in WITHOUT_NUMBERS:
        raise Invalid(where, f"{feature.aggregation} needs numbers and column {feature.column!r} is {dtype}: use last or count")
    if not 0 < feature.window_seconds < 1e10:
        raise Invalid(where, "its window must be longer than zero and shorter than 300 years")
    if not 0 <= feature.offset_seconds < 1e10:
        raise Invalid(where, "its offset must not be negative: features look back")
    if source.known_at is None and feature.offset_seconds + feature.window_seconds <= source.known_after_seconds:
        reach, delay = show_seconds(feature.offset_seconds + feature.window_seconds), show_seconds(source.known_after_seconds)
        why = f"it looks back {reach}, but an event of source {source.name!r} is known only {delay} after it happened"
        raise Invalid(where, f"{why}, so it would never have a value: give it a longer window or offset")


def _check_service(
    service: FeatureServiceDefinition,
    sources: dict[str, SourceDefinition],
    entities: dict[str, EntityDefinition],
    views: dict[str, FeatureViewDefinition],
) -> None:
    where = f"feature service {service.name}"
    source = sources[service.source]
    key = entities[source.entity].key
    for name in (*service.request, service.label):
        if name not in source.columns:
            raise Invalid(where, f"source {source.name!r} has no column {name!r}: it has {_list(source.columns)}")
    if source.columns[service.label] not in NUMBERS:
        raise Invalid(where, f"label {service.label!r} is {source.columns[service.label]}: it must be a number")
    if service.label in service.request:
        raise Invalid(where, f"label {service.label!r} is also a request column: a model must not see what it predicts")
    names = [*service.request, *(feature.name for view in service.views for feature in views[view].features)]
    taken = [key, source.event_time, service.label]
    for name in names:
        if names.count(name) > 1 or name in taken:
            raise Invalid(where, f"{name!r} names two columns of its frame: rename one")
    if PREDICTION in names:
        raise Invalid(where, f"{PREDICTION!r} is what monitors call the output of a model: give this input another name")
    if not names:
        raise Invalid(where, "it has no request column and no view, so a model would have no input")
    for view in service.views:
        _check_label_delay(where, service, views[view], source)
        needed = entities[sources[views[view].source].entity].key
        if needed != key and needed not in service.request:
            raise Invalid(where, f"view {view!r} is looked up by {needed!r}: add that column to `request`")


def _check_label_delay(where: str, service: FeatureServiceDefinition, view: FeatureViewDefinition, source: SourceDefinition) -> None:
    """A feature never sees the row that it is computed for; but one over the label must not take earlier labels as known at once either."""
    if view.source != source.name or source.known_at is not None or source.known_after_seconds > 0:
        return
    for feature in view.features:
        if feature.column == service.label and feature.offset_seconds == 0:
            raise Invalid(
                where,
                f"feature {view.name}.{feature.name} takes the label {service.label!r} as known at the moment of its event: say when "
                f"labels are known (known_after= or known_at= of source {source.name!r}), or give the feature an offset",
            )


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
