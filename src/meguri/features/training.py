"""The training frame: each label row with its features as they were known at its moment.

This module works from tables and definitions alone, so a step worker builds the frame by itself from pinned versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import polars as pl

from meguri.core.definitions.features import DType, EntityDefinition, FeatureDefinition, FeatureSet, SourceDefinition
from meguri.core.errors import NotFound
from meguri.core.times import micros
from meguri.datasets.sources import ARRIVED, IDENTITY, KNOWN, ORDER, POLARS, known_at, last_corrections, rows_seen_by, source_rows
from meguri.features.aggregate import NEVER, Events, Ints, Reach, aggregate
from meguri.features.rows import ALWAYS, Column, Event, Layout, empty_column
from meguri.ports.tables import TableStore


@dataclass(frozen=True, slots=True)
class TrainingInputs:
    """Everything that decides a training frame, as JSON for a step worker: `build(tables, inputs)` always gives the same bits.

    `versions` pins each source's table, by the source's name; a source that is not in it has no rows yet. `live_since`: the moment from
    which arrivals of a source count; a source that is not in it always did. `digest` is made of the values of the pinned rows and of the
    definition, not of their place, so it is the same on another machine.
    """

    project: str
    feature_set: FeatureSet
    versions: dict[str, int]
    snapshots: dict[str, str]
    before: datetime
    known_by: datetime
    since: datetime | None
    digest: str
    live_since: dict[str, datetime] = field(default_factory=dict)


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
    columns[ARRIVED] = _moments([None if each.arrived == ALWAYS else each.arrived for each in events])
    columns[ORDER] = pl.Series([each.order for each in events], dtype=pl.Int64)
    return pl.DataFrame(columns)


def events_of(source: SourceDefinition, entity: EntityDefinition, layout: Layout, rows: pl.DataFrame) -> list[Event]:
    """Rows of the table as events, to fill the online store from."""
    names = [entity.key, source.event_time, *layout.names, IDENTITY, ARRIVED, ORDER]
    plain = rows.select(_plain(rows, name) for name in names)
    return [
        Event(row[0], row[1], tuple(row[2:-3]), row[-3].to_bytes(8), ALWAYS if row[-2] is None else row[-2], row[-1])
        for row in plain.iter_rows()
    ]


def build(tables: TableStore, inputs: TrainingInputs) -> pl.DataFrame:
    """One row for each label row, ordered by event time and entity: entity key, event time, request columns, features, label.

    Label rows are the rows of the service's source with `since <= event time < before` and a label, as they were known by `known_by`: of
    the rows with one key and event time the last correction. None is dropped; a feature without a value is null. Features see what was
    known, and had arrived, at the row's own event time, and never the row itself. Raises NotFound where nothing was pushed to the source.
    """
    chosen = inputs.feature_set
    if chosen.source.name not in inputs.versions:
        raise NotFound("rows_of_source", chosen.source.name, "push some first")
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
    wanted = rows.filter(at < inputs.before) if inputs.since is None else rows.filter(at < inputs.before, at >= inputs.since)
    seen = rows_seen_by(wanted, source, inputs.known_by, inputs.live_since.get(source.name))
    return last_corrections(seen, source, entity).filter(pl.col(chosen.service.label).is_not_null()).collect()


def _features(
    tables: TableStore,
    inputs: TrainingInputs,
    source: SourceDefinition,
    entity: EntityDefinition,
    features: Sequence[FeatureDefinition],
    keys: pl.Series,
    moments: Ints,
) -> dict[str, pl.Series]:
    rows = _read_rows(tables, inputs, source, entity, features, keys)
    groups: dict[Reach, list[FeatureDefinition]] = {}
    for feature in features:
        groups.setdefault(Reach.of(feature, is_own=source.name == inputs.feature_set.source.name), []).append(feature)
    found = {each.name: empty_column(_dtype_of(each, source), len(moments)) for each in features}
    live_since = inputs.live_since.get(source.name)
    is_live = moments >= micros(live_since) if live_since is not None else np.ones(len(moments), np.bool_)
    for places, known in ((np.flatnonzero(is_live), np.maximum(rows.known, rows.arrived)), (np.flatnonzero(~is_live), rows.known)):
        if len(places):
            at_moments = moments[places]
            events, lag, bounds = _as_seen(rows, known, source, rows.codes[places])
            for reach, together in groups.items():
                first, end = bounds.before(reach.after(at_moments)), bounds.before(reach.until(at_moments, lag))
                for name, column in aggregate(events, at_moments, first, end, together).items():
                    found[name].values[places], found[name].present[places] = column.values, column.present
    return {each.name: _series(each.name, found[each.name], _dtype_of(each, source)) for each in features}


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of the wanted entities, ordered by entity, event time, the moment they were known, and arrival.

    `owners`: the code of each row's entity, ascending. `codes`: the code of each label row's entity; -1 for one without rows.
    """

    at: Ints
    known: Ints
    arrived: Ints
    columns: dict[str, Column]
    owners: Ints
    codes: Ints


def _read_rows(
    tables: TableStore,
    inputs: TrainingInputs,
    source: SourceDefinition,
    entity: EntityDefinition,
    features: Sequence[FeatureDefinition],
    keys: pl.Series,
) -> _Rows:
    wanted = sorted({feature.column for feature in features})
    if source.name in inputs.versions:
        rows = source_rows(tables, inputs.project, source, entity, inputs.versions[source.name])
        rows = rows.filter(pl.col(entity.key).is_in(keys.unique().implode()), pl.col(source.event_time) < inputs.before)
        rows = rows_seen_by(rows, source, inputs.known_by, inputs.live_since.get(source.name)).with_columns(known_at(source).alias(KNOWN))
        ordered = rows.sort(entity.key, source.event_time, KNOWN, ORDER)
        frame = ordered.select(entity.key, source.event_time, KNOWN, ARRIVED, *wanted).collect()
    else:
        schema = {entity.key: POLARS[entity.dtype], **dict.fromkeys((source.event_time, KNOWN, ARRIVED), POLARS["datetime"])}
        frame = pl.DataFrame(schema={**schema, **{name: POLARS[source.columns[name]] for name in wanted}})
    codes = pl.DataFrame({"key": frame[entity.key].unique(maintain_order=True)}).with_row_index("code")

    def coded(names: pl.Series) -> Ints:
        joined = pl.DataFrame({"key": names}).join(codes, on="key", how="left", maintain_order="left")
        return joined["code"].cast(pl.Int64).fill_null(-1).to_numpy()

    return _Rows(
        frame[source.event_time].to_physical().to_numpy(),
        frame[KNOWN].to_physical().to_numpy(),
        frame[ARRIVED].to_physical().fill_null(ALWAYS).to_numpy(),
        {name: _column(frame[name], source.columns[name]) for name in wanted},
        coded(frame[entity.key]),
        coded(keys),
    )


def _as_seen(rows: _Rows, known: Ints, source: SourceDefinition, codes: Ints) -> tuple[Events, int, _Bounds]:
    """The rows that ever count where each counts from `known` until a correction does; the lag that all of them have, and their bounds."""
    replaced = _replaced(rows, known)
    counts = known < replaced
    at, known, replaced = rows.at[counts], known[counts], replaced[counts]
    columns = rows.columns if counts.all() else {name: column.take(np.flatnonzero(counts)) for name, column in rows.columns.items()}
    lag = round(source.known_after_seconds * 1e6) if source.known_at is None else 0
    is_plain = bool((known <= at + lag).all())
    events = Events(at, columns, None if is_plain else known, replaced if (replaced < NEVER).any() else None)
    return events, lag, _Bounds(at, rows.owners[counts], codes)


def _replaced(rows: _Rows, known: Ints) -> Ints:
    """The moment from which a later row with the same key and event time counts; NEVER for a row that is never replaced."""
    replaced = np.full(len(known), NEVER)
    corrected = np.flatnonzero((rows.owners[1:] == rows.owners[:-1]) & (rows.at[1:] == rows.at[:-1]))
    while True:  # as often as one row has corrections
        following = np.minimum(known[corrected + 1], replaced[corrected + 1])
        if (following == replaced[corrected]).all():
            return replaced
        replaced[corrected] = following


class _Bounds:
    """Finds, for label rows, how many events of their entity are not after a time: a binary search on (entity, rank of the time)."""

    def __init__(self, at: Ints, owners: Ints, codes: Ints) -> None:
        self._times = np.unique(at)
        self._width = len(self._times) + 1
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
