"""The law of the feature store: online value == offline value == a slow, obvious loop, to the bit.

Rows are pushed and looked up in turns: late, corrected, repeated and out of order. What a lookup answered is compared with the training
value for its moment, which is computed after everything was pushed.
"""

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
from meguri.features.online import OnlineFeatures, put_events, put_live_since
from meguri.features.rows import ALWAYS, Event, Layout, read_value
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


Row = dict[str, Any]


@dataclass(frozen=True)
class Round:
    """Rows that arrive at `now`, and the moments at which features are looked up before the next round."""

    now: int
    rows: tuple[Row, ...]
    lookups: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Case:
    """`asked`: the feature service has a source of its own (else it predicts rows of the source that the features come from).

    `live_since`: arrivals count from this moment on; None: always. `history`: moments before it.
    """

    source: SourceDefinition
    features: tuple[FeatureDefinition, ...]
    rounds: tuple[Round, ...]
    has_own_label_source: bool
    live_since: int | None
    arrives_always_at_first: bool
    history: tuple[tuple[str, int], ...]


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


entities = st.sampled_from(["a", "b", "c"])


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
    moments = st.one_of(st.integers(0, 3), st.integers(0, 30)).map(lambda half: START + half * SECOND // 2)
    row = st.fixed_dictionaries(
        {
            "city": entities,
            "at": moments,
            "known": st.one_of(st.none(), st.integers(0, 60).map(lambda half: START + half * SECOND // 2)) if own_known else st.none(),
            **values,
        }
    )
    times = sorted(draw(st.sets(st.integers(4, 40), min_size=1, max_size=4)))
    rounds: list[Round] = []
    for time, following in zip(times, [*times[1:], 80], strict=True):
        now, until = START + time * SECOND // 2, START + following * SECOND // 2
        rows = draw(st.lists(row, max_size=8))
        again = draw(st.lists(st.sampled_from([each for former in rounds for each in former.rows] or [{}]), max_size=3))
        corrections = [{**each, "x": draw(floats), "n": draw(values["n"])} if draw(st.booleans()) else each for each in again if each]
        on_the_grid = st.integers(time, following - 1).map(lambda half: START + half * SECOND // 2)
        asked = draw(st.lists(st.tuples(entities, st.one_of(on_the_grid, st.integers(now, until - 1))), max_size=4))
        rounds.append(Round(now, tuple(draw(st.permutations([*rows, *corrections]))), tuple(asked)))
    live_since = draw(st.sampled_from([None, rounds[0].now]))
    history = draw(st.lists(st.tuples(entities, moments), max_size=3)) if live_since is not None else []
    past = tuple((entity, at) for entity, at in history if live_since is not None and at < live_since)
    return Case(source, made, tuple(rounds), draw(st.booleans()), live_since, draw(st.booleans()), past)


def oracle(case: Case, events: Sequence[Event], entity: str, moment: int) -> dict[str, Any]:
    """The values at a moment, out of the events that were pushed so far, in the order in which they were."""
    names = [*DTYPES, "known"]
    lag = round(case.source.known_after_seconds * 1e6)

    def known(event: Event) -> int:
        own = dict(zip(names, event.values, strict=False)).get("known")
        return event.at + lag if own is None else int(own)

    found: dict[str, Any] = {}
    for feature in case.features:
        window, offset = round(feature.window_seconds * 1e6), round(feature.offset_seconds * 1e6)
        last: dict[int, Event] = {}
        for event in events:
            has_arrived = event.arrived <= moment or (case.live_since is not None and moment < case.live_since)
            is_own = not case.has_own_label_source and event.at == moment
            in_window = moment - offset - window < event.at <= moment - offset
            if event.entity == entity and in_window and known(event) <= moment and has_arrived and not is_own:
                former = last.get(event.at)
                if former is None or known(former) <= known(event):
                    last[event.at] = event
        there = [value for _, event in sorted(last.items()) if (value := event.values[names.index(feature.column)]) is not None]
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


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(case=cases())
def test_a_value_served_is_the_value_trained_with(online: LmdbOnline, case: Case) -> None:
    project = f"p{next(projects)}"
    layout = Layout.of(case.source)
    entity = EntityDefinition("city", "city")
    view = FeatureViewDefinition("history", "rentals", case.features)
    asked = SourceDefinition("asked", "city", "at", {"y": "float"}, known_after_seconds=1e6)
    own = asked if case.has_own_label_source else case.source
    chosen = FeatureSet(
        FeatureServiceDefinition("hourly", own.name, (), ("history",), "y"), entity, own, (view,), (case.source,), (entity,)
    )
    lookup = OnlineFeatures(online, project, chosen)
    if case.live_since is not None:
        put_live_since(online, project, "rentals", case.live_since)

    events: list[Event] = []
    served: dict[tuple[str, int], dict[str, Any]] = {}
    for number, each in enumerate(case.rounds):
        arrived = ALWAYS if case.arrives_always_at_first and number == 0 else each.now
        pushed = [layout.event(row["city"], row["at"], [_value(row[name], dtype) for name, dtype in layout.columns]) for row in each.rows]
        pushed = [replace(event, arrived=arrived, order=len(events) + place + 1) for place, event in enumerate(pushed)]
        if pushed:
            put_events(online, project, "rentals", layout, pushed)
        events += pushed
        for who, at in each.lookups:
            served[who, at] = lookup.lookup(who, at)
            assert bits_of(served[who, at]) == bits_of(oracle(case, events, who, at))
    for who, at in case.history:
        served[who, at] = lookup.lookup(who, at)
        assert bits_of(served[who, at]) == bits_of(oracle(case, events, who, at))
    for (who, at), value in served.items():  # asked again, after what was pushed since
        assert bits_of(lookup.lookup(who, at)) == bits_of(value)

    tables = {table_of(project, "rentals"): source_frame(case.source, entity, layout, events)}
    labels = Layout.of(asked)
    tables[table_of(project, "asked")] = source_frame(asked, entity, labels, [labels.event(who, at, (1.0,)) for who, at in served])
    far = from_micros(START + 10**13)
    since = {} if case.live_since is None else {"rentals": from_micros(case.live_since)}
    inputs = TrainingInputs(project, chosen, {"rentals": 0, "asked": 0}, {}, far, far, None, "", since)
    trained = build(OneVersion(tables), inputs)
    if case.has_own_label_source:
        assert sorted(served) == sorted((row["city"], micros(row["at"])) for row in trained.iter_rows(named=True))
    else:
        assert len(trained) == len({(event.entity, event.at) for event in events})
    for row in trained.iter_rows(named=True):
        who, at = row["city"], micros(row["at"])
        value = {name: row[name] for name in (each.name for each in case.features)}
        assert bits_of(value) == bits_of(served.get((who, at), oracle(case, events, who, at)))
        assert not any(isinstance(each, float) and math.isnan(each) for each in value.values())


def _value(value: Any, dtype: DType) -> Any:
    return value if dtype == "datetime" else read_value(value, dtype)


def bits_of(row: dict[str, Any]) -> dict[str, Any]:
    return {name: bits(value) for name, value in row.items()}


def test_an_entity_without_events_has_no_values_but_a_count(online: LmdbOnline) -> None:
    source = SourceDefinition("rentals", "city", "at", {"y": "float"})
    made = tuple(FeatureDefinition(aggregation, aggregation, "y", 60.0) for aggregation in NUMBERS)
    entity = EntityDefinition("city", "city")
    service = FeatureServiceDefinition("hourly", "rentals", (), ("history",), "y")
    chosen = FeatureSet(service, entity, source, (FeatureViewDefinition("history", "rentals", made),), (source,), (entity,))
    assert OnlineFeatures(online, "nothing", chosen).lookup("a", START) == {
        "last": None, "mean": None, "sum": None, "count": 0, "min": None, "max": None,
    }  # fmt: skip


def test_of_rows_with_one_time_the_one_known_last_counts_and_of_those_the_one_pushed_last(online: LmdbOnline) -> None:
    source = SourceDefinition("rentals", "city", "at", {"y": "float"}, "known")
    layout = Layout.of(source)
    entity = EntityDefinition("city", "city")
    view = FeatureViewDefinition("history", "rentals", (FeatureDefinition("y_now", "last", "y", 60.0),))
    chosen = FeatureSet(FeatureServiceDefinition("s", "rentals", (), ("history",), "y"), entity, source, (view,), (source,), (entity,))
    for round_ in range(20):
        known = [START + (place * 7 + round_ * 3) % 5 // 2 for place in range(5)]
        events = [layout.event("a", START, (float(place), known[place])) for place in range(5)]
        put_events(online, f"tie{round_}", "rentals", layout, [replace(each, order=place + 1) for place, each in enumerate(events)])
        newest = max(range(5), key=lambda place: (known[place], place))
        assert OnlineFeatures(online, f"tie{round_}", chosen).lookup("a", START + 10) == {"y_now": float(newest)}
