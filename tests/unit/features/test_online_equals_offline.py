"""The law of the feature store: online value == offline value == a slow, obvious loop, to the bit."""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meguri.adapters.online.lmdb import LmdbOnline
from meguri.core.definitions.features import (
    Aggregation,
    DType,
    EntityDefinition,
    FeatureDefinition,
    FeatureServiceDefinition,
    FeatureSet,
    FeatureViewDefinition,
    SourceDefinition,
)
from meguri.core.times import from_micros, micros
from meguri.datasets.sources import table_of
from meguri.features.online import OnlineFeatures, put_events
from meguri.features.rows import Event, Layout, read_value
from meguri.features.training import TrainingInputs, build, source_frame
from meguri.ports.tables import TableCommit

SECOND = 1_000_000
START = micros(datetime(2011, 1, 1, tzinfo=UTC))
DTYPES: dict[str, DType] = {"x": "float", "n": "int", "s": "str", "b": "bool", "y": "float"}
NUMBERS: tuple[Aggregation, ...] = ("last", "mean", "sum", "count", "min", "max")


class OneVersion:
    """A table store whose tables were written once."""

    def __init__(self, frames: dict[str, pl.DataFrame]) -> None:
        self.frames = frames

    def scan(self, name: str, version: int | None = None) -> pl.LazyFrame:
        return self.frames[name].lazy()

    def append(self, name: str, frame: pl.DataFrame, token: tuple[str, int] | None = None) -> int:
        raise NotImplementedError

    def overwrite(self, name: str, frame: pl.DataFrame) -> int:
        raise NotImplementedError

    def version(self, name: str) -> int | None:
        return 0

    def compact(self, name: str) -> int:
        return 0

    def vacuum(self, name: str, keep_seconds: float) -> int:
        return 0

    def history(self, name: str) -> list[TableCommit]:
        return []


@dataclass(frozen=True)
class Case:
    source: SourceDefinition
    features: tuple[FeatureDefinition, ...]
    rows: tuple[dict[str, Any], ...]
    """As pushed: late, duplicated and out of order."""


floats = st.one_of(st.none(), st.floats(-1e9, 1e9, width=64), st.sampled_from([0.1, 0.2, 0.3, 1e16, -1e16, -0.0]))
values = {
    "x": floats,
    "y": st.floats(-10, 10),
    "n": st.one_of(st.none(), st.integers(-(2**40), 2**40)),
    "s": st.one_of(st.none(), st.text(max_size=3)),
    "b": st.one_of(st.none(), st.booleans()),
}
durations = st.sampled_from([1.0, 2.0, 3.5, 10.0, 60.0, 1e6])


def a_feature(column: str, aggregation: Aggregation, window: float, offset: float) -> FeatureDefinition:
    allowed: Aggregation = aggregation if column in "xny" or aggregation == "last" else "count"
    return FeatureDefinition("", allowed, column, window, offset)


features = st.builds(a_feature, st.sampled_from("xnsby"), st.sampled_from(NUMBERS), durations, st.sampled_from([0.0, 0.0, 1.0, 5.0]))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    own_known = draw(st.booleans())
    source = SourceDefinition(
        "rentals",
        "city",
        "at",
        dict(DTYPES),
        "known" if own_known else None,
        draw(st.sampled_from([0.0, 1.0, 4.0])),
    )
    chosen = draw(st.lists(features, min_size=1, max_size=5))
    made = tuple(replace(each, name=f"f{place}") for place, each in enumerate(chosen))
    row = st.fixed_dictionaries(
        {
            "city": st.sampled_from(["a", "b", "c"]),
            "at": st.one_of(st.integers(0, 3), st.integers(0, 30)).map(lambda half: START + half * SECOND // 2),
            "known": st.one_of(st.none(), st.integers(0, 60).map(lambda half: START + half * SECOND // 2)) if own_known else st.none(),
            **values,
        }
    )
    rows = draw(st.lists(row, min_size=1, max_size=25))
    again = draw(st.lists(st.sampled_from(rows), max_size=5))
    return Case(source, made, tuple(draw(st.permutations([*rows, *again]))))


def oracle(case: Case, events: Sequence[Event], entity: str, moment: int) -> dict[str, Any]:
    names = [*DTYPES, "known"]
    lag = round(case.source.known_after_seconds * 1e6)

    def known(event: Event) -> int:
        own = dict(zip(names, event.values, strict=False)).get("known")
        return event.at + lag if own is None else int(own)

    found: dict[str, Any] = {}
    for feature in case.features:
        window, offset = round(feature.window_seconds * 1e6), round(feature.offset_seconds * 1e6)
        seen: dict[bytes, Event] = {}
        for event in events:
            if event.entity == entity and moment - offset - window < event.at <= moment - offset and known(event) <= moment:
                seen[event.identity + str(event.at).encode()] = event
        ordered = sorted(seen.values(), key=lambda event: (event.at, known(event), event.identity))
        there = [value for event in ordered if (value := event.values[names.index(feature.column)]) is not None]
        found[feature.name] = obvious(feature.aggregation, there)
    return found


def obvious(aggregation: Aggregation, values: list[Any]) -> Any:
    if aggregation == "count":
        return len(values)
    if not values:
        return None
    if aggregation == "last":
        return values[-1]
    if aggregation in ("min", "max"):
        return float(min(values) if aggregation == "min" else max(values))
    total = 0.0
    for value in values:
        total += value
    return total if aggregation == "sum" else total / len(values)


def bits(value: Any) -> Any:
    return struct.pack("<d", value) if isinstance(value, float) else (type(value), value)


@pytest.fixture(scope="module")
def online(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LmdbOnline]:
    store = LmdbOnline.owner(tmp_path_factory.mktemp("online"))
    yield store
    store.close()


projects = itertools.count()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(case=cases(), pieces=st.integers(1, 4))
def test_online_equals_offline_equals_the_obvious_loop(online: LmdbOnline, case: Case, pieces: int) -> None:
    project = f"p{next(projects)}"
    layout = Layout.of(case.source)
    entity = EntityDefinition("city", "city")
    events = [layout.event(row["city"], row["at"], [read_value(row[name], dtype) for name, dtype in layout.columns]) for row in case.rows]
    for start in range(0, len(events), pieces):
        put_events(online, project, "rentals", layout, events[start : start + pieces])
    view = FeatureViewDefinition("history", "rentals", case.features)
    service = FeatureServiceDefinition("hourly", "rentals", (), ("history",), "y")
    chosen = FeatureSet(service, entity, case.source, (view,), (case.source,), (entity,))

    frame = source_frame(case.source, entity, layout, events)
    far = from_micros(START + 10**12)
    inputs = TrainingInputs(project, chosen, {"rentals": 0}, {}, far, far, None, "")
    offline = build(OneVersion({table_of(project, "rentals"): frame}), inputs)

    labels = sorted({(event.at, event.entity, event.identity) for event in events})
    assert offline.select("at", "city").rows() == [(from_micros(at), entity) for at, entity, _ in labels]
    lookup = OnlineFeatures(online, project, chosen)
    for row in offline.iter_rows(named=True):
        at = micros(row["at"])
        now = lookup.lookup(row["city"], at)
        then = {name: row[name] for name in now}
        true = oracle(case, events, row["city"], at)
        assert {name: bits(value) for name, value in now.items()} == {name: bits(value) for name, value in true.items()}
        assert {name: bits(value) for name, value in then.items()} == {name: bits(value) for name, value in true.items()}
        assert not any(isinstance(value, float) and math.isnan(value) for value in now.values())


def test_an_entity_without_events_has_no_values_but_a_count(online: LmdbOnline) -> None:
    source = SourceDefinition("rentals", "city", "at", {"y": "float"})
    made = tuple(FeatureDefinition(aggregation, aggregation, "y", 60.0) for aggregation in NUMBERS)
    entity = EntityDefinition("city", "city")
    service = FeatureServiceDefinition("hourly", "rentals", (), ("history",), "y")
    chosen = FeatureSet(service, entity, source, (FeatureViewDefinition("history", "rentals", made),), (source,), (entity,))
    assert OnlineFeatures(online, "nothing", chosen).lookup("a", START) == {
        "last": None, "mean": None, "sum": None, "count": 0, "min": None, "max": None,
    }  # fmt: skip


def test_ties_are_broken_by_when_they_were_known_then_by_identity(online: LmdbOnline) -> None:
    source = SourceDefinition("rentals", "city", "at", {"y": "float"}, "known")
    layout = Layout.of(source)
    entity = EntityDefinition("city", "city")
    view = FeatureViewDefinition("history", "rentals", (FeatureDefinition("y_now", "last", "y", 60.0),))
    chosen = FeatureSet(FeatureServiceDefinition("s", "rentals", (), ("history",), "y"), entity, source, (view,), (source,), (entity,))
    for round_ in range(20):
        known = [START + (place * 7 + round_ * 3) % 5 for place in range(5)]
        put_events(
            online, f"tie{round_}", "rentals", layout, [layout.event("a", START, (float(place), known[place])) for place in range(5)]
        )
        newest = known.index(max(known))
        assert OnlineFeatures(online, f"tie{round_}", chosen).lookup("a", START + 10) == {"y_now": float(newest)}
