"""The value of features at a moment: events are written when they are pushed, and read while a request waits.

This module loads neither Polars nor SQLAlchemy: the endpoint process looks features up by itself, from the same LMDB file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from meguri.core.definitions.features import DType, EntityDefinition, FeatureDefinition, FeatureSet, SourceDefinition
from meguri.core.errors import Invalid, Unavailable
from meguri.features.aggregate import Events, Ints, Reach, aggregate
from meguri.features.rows import (
    ALWAYS,
    Column,
    Event,
    Key,
    Layout,
    arrivals_of,
    empty_column,
    layout_of,
    read_key,
    source_of,
    stream_of,
)
from meguri.ports.online import OnlineRow, OnlineStore

FeatureValue: TypeAlias = float | int | str | bool | None

_LAYOUTS = b"layouts\0" + bytes(16)


def put_events(store: OnlineStore, project: str, source: str, layout: Layout, events: Sequence[Event]) -> None:
    """Write events. Atomic, and harmless when done again."""
    rows = [OnlineRow(stream_of(project, source, each.entity), each.at, each.order_key, layout.pack(each)) for each in events]
    store.put([OnlineRow(_LAYOUTS, 0, layout.id, layout.to_bytes()), *rows])


def put_live_since(store: OnlineStore, project: str, source: str, at: int) -> None:
    """Write the moment (microseconds) from which arrivals of a source count. The first one stays."""
    store.put([OnlineRow(_live_since(project, source), 0, bytes(8), at.to_bytes(8, signed=True))])


def is_filled(store: OnlineStore, project: str, source: str) -> bool:
    """Whether the store has every row of the source's table."""
    return bool(store.range(_filled(project, source), -1, 0))


def mark_filled(store: OnlineStore, project: str, source: str) -> None:
    store.put([OnlineRow(_filled(project, source), 0, bytes(8), b"")])


def _filled(project: str, source: str) -> bytes:
    return b"filled\0\0" + source_of(project, source) + bytes(8)


def _live_since(project: str, source: str) -> bytes:
    return b"since\0\0\0" + source_of(project, source) + bytes(8)


class Layouts:
    """The layouts in which a store holds events, each read once."""

    def __init__(self, store: OnlineStore) -> None:
        self.store = store
        self._known: dict[bytes, Layout] = {}

    def unpack(self, packed: Sequence[bytes], needed: Mapping[str, DType]) -> dict[str, Column]:
        """The needed columns of packed events, whatever layouts they were written in. Raises Unavailable."""
        ids = {layout_of(each) for each in packed}
        if len(ids) == 1:
            found = self._get(ids.pop()).unpack(packed, needed)
            return {name: found.get(name) or empty_column(dtype, len(packed)) for name, dtype in needed.items()}
        columns = {name: empty_column(dtype, len(packed)) for name, dtype in needed.items()}
        for id in ids:
            places = np.array([place for place, each in enumerate(packed) if layout_of(each) == id])
            found = self._get(id).unpack([packed[place] for place in places], needed)
            for name in needed.keys() & found.keys():
                columns[name].values[places], columns[name].present[places] = found[name].values, found[name].present
        return columns

    def _get(self, id: bytes) -> Layout:
        if id not in self._known:
            self._known.update({identity: Layout.from_bytes(value) for _, identity, value in self.store.range(_LAYOUTS, -1, 0)})
        if id not in self._known:
            advice = "stop the server, remove the folder `online` of the home, and start it again"
            raise Unavailable("online store", f"it holds events of an unknown layout: {advice}")
        return self._known[id]


@dataclass(frozen=True, slots=True)
class _Scan:
    """Features of one source and entity, read together. `lag`: microseconds after its event time at which a row is known at the earliest,
    0 where rows carry their own `known_at`."""

    source: SourceDefinition
    entity: EntityDefinition
    groups: tuple[tuple[Reach, tuple[FeatureDefinition, ...]], ...]
    lag: int


class OnlineFeatures:
    """Looks up the features of one feature set. Safe to use from several threads."""

    def __init__(self, store: OnlineStore, project: str, feature_set: FeatureSet) -> None:
        self.store = store
        self.project = project
        self.feature_set = feature_set
        self._scans = tuple(_scans(feature_set))
        self._names = tuple(feature.name for view in feature_set.views for feature in view.features)
        self._layouts = Layouts(store)
        self._live_since: dict[str, int] = {}

    def lookup(self, entity: object, at: int, request: Mapping[str, object] | None = None) -> dict[str, FeatureValue]:
        """Every feature of the set, by name and in its order, for one entity at a moment (microseconds).

        `entity` is the key of the service's own entity; views about other entities take their key from the columns of `request`. A value
        that is missing is None, never zero (but a count is). Raises Invalid for a key that names no entity, Unavailable.
        """
        found: dict[str, FeatureValue] = {}
        for scan in self._scans:
            key = self._key(scan.entity, entity, request or {})
            found.update(self._read(scan, key, at))
        return {name: found[name] for name in self._names}

    def _key(self, wanted: EntityDefinition, entity: object, request: Mapping[str, object]) -> Key:
        if wanted.key == self.feature_set.entity.key:
            return read_key(entity, wanted.dtype, wanted.key)
        if request.get(wanted.key) is None:
            raise Invalid(wanted.key, f"it is missing from the request, and features of {wanted.name!r} are looked up by it")
        return read_key(request[wanted.key], wanted.dtype, wanted.key)

    def _read(self, scan: _Scan, key: Key, at: int) -> dict[str, FeatureValue]:
        after = min(reach.after(at) for reach, _ in scan.groups)
        until = max(reach.until(at, scan.lag) for reach, _ in scan.groups)
        rows = self.store.range(stream_of(self.project, scan.source.name, key), after, until)
        events = self._events(scan, rows, at)
        moment = np.array([at], np.int64)
        found: dict[str, FeatureValue] = {}
        for reach, features in scan.groups:
            bounds = np.searchsorted(events.at, [reach.after(at), reach.until(at, scan.lag)], side="right").astype(np.int64)
            columns = aggregate(events, moment, bounds[:1], bounds[1:], features)
            found.update((name, _only(column)) for name, column in columns.items())
        return found

    def _events(self, scan: _Scan, rows: Sequence[tuple[int, bytes, bytes]], moment: int) -> Events:
        """What counts at a moment: rows that were known and had arrived, and of those with one event time the last correction."""
        times = np.array([row[0] for row in rows], np.int64)
        packed = [row[2] for row in rows]
        needed = {feature.column: scan.source.columns[feature.column] for _, features in scan.groups for feature in features}
        known: Ints = times + round(scan.source.known_after_seconds * 1e6)
        if scan.source.known_at is not None:
            needed[scan.source.known_at] = "datetime"
        columns = self._layouts.unpack(packed, needed)
        order = None
        if scan.source.known_at is not None:
            own = columns[scan.source.known_at]
            known = np.where(own.present, own.values, known)
            order = np.lexsort((known, times))  # stable: rows of one time that were known together stay in the order of the store
        seen = known <= moment
        if moment >= self._since(scan.source.name):
            seen &= arrivals_of(packed) <= moment
        chosen: Ints = np.flatnonzero(seen) if order is None else order[seen[order]]
        if len(chosen) > 1:
            is_last = np.empty(len(chosen), np.bool_)
            np.not_equal(times[chosen[1:]], times[chosen[:-1]], out=is_last[:-1])
            is_last[-1] = True
            chosen = chosen[is_last]
        if len(chosen) == len(rows) and order is None:
            return Events(times, columns)
        return Events(times[chosen], {name: column.take(chosen) for name, column in columns.items()})

    def _since(self, source: str) -> int:
        """From when on arrivals of a source count."""
        if source not in self._live_since:
            rows = self.store.range(_live_since(self.project, source), -1, 0)
            if not rows:
                return ALWAYS
            self._live_since[source] = int.from_bytes(rows[0][2], signed=True)
        return self._live_since[source]


def _only(column: Column) -> FeatureValue:
    if not column.present[0]:
        return None
    value: FeatureValue = column.values.tolist()[0]
    return value


def _scans(feature_set: FeatureSet) -> Iterator[_Scan]:
    """One scan for each source that views read, with the features that share a reach together."""
    own = feature_set.source.name
    grouped: dict[str, tuple[SourceDefinition, EntityDefinition, dict[Reach, list[FeatureDefinition]]]] = {}
    for view, source, entity in zip(feature_set.views, feature_set.view_sources, feature_set.view_entities, strict=True):
        _, _, groups = grouped.setdefault(source.name, (source, entity, {}))
        for feature in view.features:
            groups.setdefault(Reach.of(feature, is_own=source.name == own), []).append(feature)
    for source, entity, groups in grouped.values():
        lag = round(source.known_after_seconds * 1e6) if source.known_at is None else 0
        yield _Scan(source, entity, tuple((reach, tuple(features)) for reach, features in groups.items()), lag)
