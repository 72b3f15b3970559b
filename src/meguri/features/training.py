"""The training frame: each label row with its features as they were known at its moment.

Works from tables and definitions alone, so a step worker builds the frame by itself from pinned versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from meguri.core.definitions.features import DType, EntityDefinition, FeatureDefinition, FeatureSet, SourceDefinition
from meguri.core.errors import NotFound
from meguri.datasets.sources import IDENTITY, POLARS, known_at, source_rows
from meguri.features.aggregate import Events, Ints, Reach, aggregate
from meguri.features.rows import Column, Event, Layout
from meguri.ports.tables import TableStore


@dataclass(frozen=True, slots=True)
class TrainingInputs:
    """Everything that decides a training frame, as JSON for a step worker: `build(tables, inputs)` gives the same bits for ever.

    `versions` pins each source's table, by the source's name; a source that is not in it has no rows yet. `digest` names the values
    of the pinned rows and the definition, not their place or the time, so it is the same on another machine.
    """

    project: str
    feature_set: FeatureSet
    versions: dict[str, int]
    snapshots: dict[str, str]
    before: datetime
    known_by: datetime
    since: datetime | None
    digest: str


def source_frame(source: SourceDefinition, entity: EntityDefinition, layout: Layout, events: Sequence[Event]) -> pl.DataFrame:
    """Events as rows of the source's table."""
    columns: dict[str, pl.Series] = {
        entity.key: pl.Series([each.entity for each in events], dtype=POLARS[entity.dtype]),
        source.event_time: _moments([each.at for each in events]),
    }
    for place, (name, dtype) in enumerate(layout.columns):
        values = [each.values[place] for each in events]
        columns[name] = _moments(values) if dtype == "datetime" else pl.Series(values, dtype=POLARS[dtype])
    columns[IDENTITY] = pl.Series([int.from_bytes(each.identity) for each in events], dtype=pl.Int64)
    return pl.DataFrame(columns)


def events_of(source: SourceDefinition, entity: EntityDefinition, layout: Layout, rows: pl.DataFrame) -> list[Event]:
    """The way back: rows of the table as events, to fill the online store from."""
    names = [entity.key, source.event_time, *layout.names, IDENTITY]
    plain = rows.select(_plain(rows, name) for name in names)
    return [Event(row[0], row[1], tuple(row[2:-1]), row[-1].to_bytes(8)) for row in plain.iter_rows()]


def build(tables: TableStore, inputs: TrainingInputs) -> pl.DataFrame:
    """One row for each label row, ordered by event time, entity and identity: entity key, event time, request columns, features, label.

    Label rows are the distinct rows of the service's source with `since <= event time < before`, a label, and known by `known_by`. None
    is dropped; a feature without a value is null. Features see what was known at the row's own event time. Raises NotFound where nothing
    was pushed to the source.
    """
    chosen = inputs.feature_set
    if chosen.source.name not in inputs.versions:
        raise NotFound("rows of source", chosen.source.name, "push some first")
    labels = label_rows(tables, inputs)
    service = chosen.service
    head = [chosen.entity.key, chosen.source.event_time, *service.request]
    features: dict[str, pl.Series] = {}
    moments = labels[chosen.source.event_time].to_physical().to_numpy()
    for source in {each.name: each for each in chosen.view_sources}.values():
        wanted = [view for view, of in zip(chosen.views, chosen.view_sources, strict=True) if of.name == source.name]
        entity = next(entity for entity, of in zip(chosen.view_entities, chosen.view_sources, strict=True) if of.name == source.name)
        keys = labels[entity.key].cast(POLARS[entity.dtype])
        features.update(_features(tables, inputs, source, entity, [each for view in wanted for each in view.features], keys, moments))
    ordered = [features[feature.name] for view in chosen.views for feature in view.features]
    return pl.DataFrame([*(labels[name] for name in head), *ordered, labels[service.label]])


def label_rows(tables: TableStore, inputs: TrainingInputs) -> pl.DataFrame:
    """The rows that the training frame has, with the columns of the source."""
    chosen = inputs.feature_set
    source, entity = chosen.source, chosen.entity
    rows = source_rows(tables, inputs.project, source, entity, inputs.versions[source.name])
    at = pl.col(source.event_time)
    wanted = rows.filter(at < inputs.before, known_at(source) <= inputs.known_by, pl.col(chosen.service.label).is_not_null())
    if inputs.since is not None:
        wanted = wanted.filter(at >= inputs.since)
    return wanted.sort(source.event_time, entity.key, IDENTITY).collect()


def _features(
    tables: TableStore,
    inputs: TrainingInputs,
    source: SourceDefinition,
    entity: EntityDefinition,
    features: Sequence[FeatureDefinition],
    keys: pl.Series,
    moments: Ints,
) -> dict[str, pl.Series]:
    events, codes, starts = _events(tables, inputs, source, entity, features, keys)
    groups: dict[Reach, list[FeatureDefinition]] = {}
    for feature in features:
        groups.setdefault(Reach.of(feature), []).append(feature)
    lag = events.lag if events.known is None else None
    bound = _Bounds(events.at, starts, codes)
    found: dict[str, pl.Series] = {}
    for reach, together in groups.items():
        columns = aggregate(events, moments, bound.before(reach.after(moments)), bound.before(reach.until(moments, lag)), together)
        for feature in together:
            found[feature.name] = _series(feature.name, columns[feature.name], _dtype_of(feature, source))
    return found


def _events(
    tables: TableStore,
    inputs: TrainingInputs,
    source: SourceDefinition,
    entity: EntityDefinition,
    features: Sequence[FeatureDefinition],
    keys: pl.Series,
) -> tuple[Events, Ints, Ints]:
    """Events of the wanted entities in their order; the code of each label row's entity (-1: no event); where each code begins."""
    lag = round(source.known_after_seconds * 1e6)
    wanted = sorted({feature.column for feature in features})
    if source.name in inputs.versions:
        rows = source_rows(tables, inputs.project, source, entity, inputs.versions[source.name])
        rows = rows.filter(pl.col(entity.key).is_in(keys.unique().implode()), pl.col(source.event_time) < inputs.before)
        rows = rows.filter(known_at(source) <= inputs.known_by).with_columns(known_at(source).alias("_known"))
        frame = (
            rows.sort(entity.key, source.event_time, "_known", IDENTITY).select(entity.key, source.event_time, "_known", *wanted).collect()
        )
    else:
        schema = {entity.key: POLARS[entity.dtype], source.event_time: POLARS["datetime"], "_known": POLARS["datetime"]}
        frame = pl.DataFrame(schema={**schema, **{name: POLARS[source.columns[name]] for name in wanted}})
    at = frame[source.event_time].to_physical().to_numpy()
    known = frame["_known"].to_physical().to_numpy() if source.known_at is not None else None
    columns = {name: _column(frame[name], source.columns[name]) for name in wanted}
    entities = frame[entity.key].unique(maintain_order=True)
    code_of = pl.DataFrame({"key": entities, "code": np.arange(len(entities), dtype=np.int64)})
    codes = pl.DataFrame({"key": keys}).join(code_of, on="key", how="left", maintain_order="left")["code"].fill_null(-1).to_numpy()
    event_codes = pl.DataFrame({"key": frame[entity.key]}).join(code_of, on="key", how="left", maintain_order="left")["code"].to_numpy()
    starts = np.searchsorted(event_codes, np.arange(len(entities) + 1)).astype(np.int64)
    return Events(at, columns, lag, known), codes, starts


class _Bounds:
    """Finds, for label rows, how many events of their entity are not after a time: a binary search on (entity, rank of the time)."""

    def __init__(self, at: Ints, starts: Ints, codes: Ints) -> None:
        self._times = np.unique(at)
        self._width = len(self._times) + 1
        owners = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        self._keys = owners * self._width + np.searchsorted(self._times, at)
        self._codes = codes

    def before(self, until: Ints) -> Ints:
        """The index behind the last event with a time <= `until`, for each label row (0 for an entity without events)."""
        rank = np.searchsorted(self._times, until, side="right")
        found = np.searchsorted(self._keys, np.maximum(self._codes, 0) * self._width + rank, side="left").astype(np.int64)
        return np.where(self._codes >= 0, found, 0)


def _dtype_of(feature: FeatureDefinition, source: SourceDefinition) -> DType:
    if feature.aggregation == "last":
        return source.columns[feature.column]
    return "int" if feature.aggregation == "count" else "float"


def _column(values: pl.Series, dtype: DType) -> Column:
    present = values.is_not_null().to_numpy()
    if dtype == "str":
        return Column(np.array(values.to_list(), object), present)
    if dtype == "bool":
        return Column(values.fill_null(value=False).to_numpy(), present)
    return Column(values.to_physical().fill_null(0).to_numpy(), present)


def _series(name: str, column: Column, dtype: DType) -> pl.Series:
    if dtype == "str":
        texts = [value if there else None for value, there in zip(column.values, column.present, strict=True)]
        return pl.Series(name, texts, pl.String())
    values = pl.Series(name, column.values)
    typed = values.cast(POLARS[dtype])
    return pl.select(pl.when(pl.Series(column.present)).then(typed).otherwise(None).alias(name)).to_series()


def _moments(values: Sequence[object]) -> pl.Series:
    return pl.Series(values, dtype=pl.Int64).cast(POLARS["datetime"])


def _plain(rows: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name).to_physical() if rows.schema[name] == POLARS["datetime"] else pl.col(name)
