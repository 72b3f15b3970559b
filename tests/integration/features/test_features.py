"""Push, look up, train: the same events, each once, also after a crash."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest

from meguri.adapters.tables.delta import DeltaTables
from meguri.core.definitions.checks import ensure_sound
from meguri.core.definitions.features import (
    FeatureDefinition,
    FeatureServiceDefinition,
    FeatureViewDefinition,
    SourceDefinition,
)
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Conflict, Invalid, NotFound, Unavailable
from meguri.core.times import iso, micros
from meguri.datasets.sources import table_of
from meguri.features.model import PushResult, Quarantined
from meguri.features.online import OnlineFeatures
from meguri.features.queue import queue_name
from meguri.features.rows import Layout
from meguri.features.service import Features
from meguri.features.training import TrainingInputs, build
from meguri.lineage.service import Node
from meguri.testing.ledger import Ledger, SettableClock
from tests.refusals import refused

Start = Callable[[], Features]
START = datetime(2011, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
FAR = START + timedelta(days=3_000)


def rental(hour: int, cnt: float | None = None, **other: Any) -> dict[str, Any]:
    at = iso(START + hour * HOUR)
    return {"city": "dc", "at": at, "hr": hour % 24, "temp": 0.5, "cnt": float(hour) if cnt is None else cnt, **other}


def days(count: int) -> list[dict[str, Any]]:
    return [rental(hour) for hour in range(count * 24)]


def test_pushed_events_can_be_looked_up_once_they_are_known(features: Features) -> None:
    assert features.push("bikes", "rentals", days(2)) == PushResult(48, 0, ())
    lookup = lambda hour: features.lookup("bikes", "hourly", "dc", START + hour * HOUR)  # noqa: E731 # named for reading
    assert lookup(0) == {"cnt_yesterday": None, "cnt_week": None}
    assert lookup(24) == {"cnt_yesterday": 0.0, "cnt_week": 0.0}
    assert lookup(47) == {"cnt_yesterday": 23.0, "cnt_week": sum(range(24)) / 24}
    assert features.lookup("bikes", "hourly", "nyc", START) == {"cnt_yesterday": None, "cnt_week": None}


def test_pushing_again_changes_nothing(features: Features) -> None:
    features.push("bikes", "rentals", days(1))
    assert features.push("bikes", "rentals", [*days(1), rental(24), rental(24)]) == PushResult(1, 25, ())
    features.flush("bikes")
    assert features.push("bikes", "rentals", days(1)) == PushResult(0, 24, ())
    assert len(features.read_source("bikes", "rentals")) == 25


def test_a_training_frame_has_a_row_for_each_label_in_order(features: Features) -> None:
    rows = [rental(hour) for hour in range(48) if hour != 5]
    features.push("bikes", "rentals", rows[::-1])
    frame = features.training_frame("bikes", "hourly", before=START + 30 * HOUR, known_by=FAR)
    assert frame.columns == ["city", "at", "hr", "temp", "cnt_yesterday", "cnt_week", "cnt"]
    assert frame["at"].to_list() == [START + hour * HOUR for hour in range(30) if hour != 5]
    assert frame.filter(pl.col("at") == START + 29 * HOUR)["cnt_yesterday"].to_list() == [None]
    for row in frame.iter_rows(named=True):
        assert features.lookup("bikes", "hourly", "dc", row["at"]) == {name: row[name] for name in ("cnt_yesterday", "cnt_week")}


def test_labels_that_were_not_known_do_not_train(features: Features) -> None:
    features.push("bikes", "rentals", days(3))
    frame = features.training_frame("bikes", "hourly", before=FAR, known_by=START + timedelta(days=2), since=START + 12 * HOUR)
    assert (frame["at"].min(), frame["at"].max()) == (START + 12 * HOUR, START + timedelta(days=1))


def test_views_of_several_sources_and_their_own_known_at(features: Features) -> None:
    features.push("bikes", "rentals", days(1))
    news = {"city": "dc", "open": True, "at": iso(START + HOUR)}
    features.push(
        "bikes", "news", [{**news, "headline": "late", "known": iso(START + 5 * HOUR)}, {**news, "headline": "now", "known": None}]
    )
    found = [features.lookup("bikes", "with_press", "dc", START + hour * HOUR)["headline_now"] for hour in (0, 1, 4, 5)]
    assert found == [None, "now", "now", "late"]
    frame = features.training_frame("bikes", "with_press", before=START + 6 * HOUR, known_by=FAR)
    assert frame["headline_now"].to_list() == [None, "now", "now", "now", "now", "late"]
    assert frame.columns == ["city", "at", "hr", "headline_now", "cnt_yesterday", "cnt_week", "cnt"]


def test_a_view_whose_source_is_empty_gives_nulls(features: Features) -> None:
    features.push("bikes", "rentals", days(1))
    frame = features.training_frame("bikes", "with_press", before=FAR, known_by=FAR)
    assert frame["headline_now"].to_list() == [None] * 24


def test_a_step_worker_builds_the_same_frame_from_pinned_inputs_for_ever(features: Features, home: Path) -> None:
    features.push("bikes", "rentals", days(2))
    inputs = features.prepare("bikes", "hourly", before=START + timedelta(days=2), known_by=FAR)
    carried = msgspec.json.decode(msgspec.json.encode(inputs), type=TrainingInputs)
    assert carried == inputs
    first = build(DeltaTables(home / "tables"), carried)
    features.push("bikes", "rentals", [rental(hour, cnt=999.0, city="nyc") for hour in range(24)])
    features.flush("bikes")
    assert build(DeltaTables(home / "tables"), carried).equals(first)
    again = features.prepare("bikes", "hourly", before=START + timedelta(days=2), known_by=FAR)
    assert again.digest != inputs.digest


def test_the_same_rows_are_the_same_snapshot(features: Features, ledger: Ledger) -> None:
    features.push("bikes", "rentals", days(5))
    prepare = lambda: features.prepare("bikes", "hourly", before=FAR, known_by=FAR)  # noqa: E731 # named for reading
    first = prepare()
    assert prepare() == first
    snapshot = features.datasets.get_snapshot(first.snapshots["rentals"])  # type: ignore[arg-type] # an id that went through JSON
    assert (snapshot.rows, snapshot.event_from, snapshot.event_to) == (120, START, START + 119 * HOUR)
    with ledger.db.read() as tx:
        taken = ledger.events.list(tx, project="bikes", kinds=["snapshot.taken"])
        upstream = ledger.lineage.upstream(tx, Node("snapshot", str(snapshot.id)))
    assert [event.payload["rows"] for event in taken] == [120]
    assert [(node.kind, node.id) for node in upstream.nodes if node.kind == "source"] == [("source", "bikes/rentals")]


def test_acknowledged_rows_survive_without_flush_and_are_moved_once(start: Start, home: Path) -> None:
    start().push("bikes", "rentals", days(1))
    again = start()
    assert again.list_sources("bikes")[0].waiting == 24
    assert again.flush("bikes") == 24
    third = start()
    assert (third.flush("bikes"), len(third.read_source("bikes", "rentals"))) == (0, 24)


def test_rows_of_the_journal_that_did_not_reach_the_online_store_are_put_back(start: Start, home: Path) -> None:
    features = start()
    features.push("bikes", "rentals", days(2))
    features.close()
    shutil.rmtree(home / "online")
    assert start().lookup("bikes", "hourly", "dc", START + 47 * HOUR)["cnt_yesterday"] == 23.0


def test_a_lost_online_store_is_filled_from_the_table(start: Start, home: Path) -> None:
    features = start()
    features.push("bikes", "rentals", days(1))
    features.push("bikes", "news", [{"city": "dc", "at": iso(START), "headline": "x", "open": None, "known": None}])
    features.flush("bikes")
    features.push("bikes", "rentals", [rental(24)])
    before = [features.lookup("bikes", "with_press", "dc", START + hour * HOUR) for hour in range(60)]
    features.close()
    shutil.rmtree(home / "online")
    again = start()
    assert [again.lookup("bikes", "with_press", "dc", START + hour * HOUR) for hour in range(60)] == before
    assert again.push("bikes", "rentals", [*days(1), rental(24)]) == PushResult(0, 25, ())


def test_a_lost_online_store_gets_back_columns_that_are_declared_no_longer(
    start: Start, home: Path, projects: dict[str, ProjectDefinition]
) -> None:
    """A model version in use looks up with the definition that it was trained with."""
    features = start()
    trained = features.feature_set("bikes", "with_press")
    features.push("bikes", "news", [{"city": "dc", "at": iso(START), "headline": "x", "open": None, "known": iso(START + 5 * HOUR)}])
    features.flush("bikes")
    features.close()
    rentals, news = projects["bikes"].sources
    changed = FeatureViewDefinition("press", "news", (FeatureDefinition("open_now", "last", "open", 7 * 86_400.0),))
    projects["bikes"] = replace(
        projects["bikes"],
        sources=(rentals, replace(news, columns={"open": "bool"}, known_at=None)),
        feature_views=(projects["bikes"].feature_views[0], changed),
    )
    shutil.rmtree(home / "online")
    online = OnlineFeatures(start().online, "bikes", trained)
    assert [online.lookup("dc", micros(START + hour * HOUR))["headline_now"] for hour in (4, 6)] == [None, "x"]


def test_a_row_that_comes_back_after_a_correction_with_the_same_known_time_counts(features: Features) -> None:
    """The known time of the first row is the default, that of the correction says the same."""
    first = {"city": "dc", "at": iso(START), "headline": "x", "open": None, "known": None}
    for row in (first, {**first, "headline": "y", "known": iso(START)}, first):
        assert features.push("bikes", "news", [row]) == PushResult(1, 0, ())
    assert features.lookup("bikes", "with_press", "dc", START + HOUR)["headline_now"] == "x"


def test_a_crash_between_table_and_journal_moves_nothing_twice(start: Start, home: Path) -> None:
    features = start()
    features.push("bikes", "rentals", days(1))
    journal = home / "journal" / queue_name("bikes", "rentals")
    kept = home / "kept"
    shutil.copytree(journal, kept)
    features.flush("bikes")
    features.close()
    for segment in kept.glob("*.seg"):
        shutil.copy(segment, journal)
    again = start()
    again.flush("bikes")
    assert DeltaTables(home / "tables").scan(table_of("bikes", "rentals")).collect().height == 24


def test_many_flushes_keep_few_files(features: Features, home: Path) -> None:
    for hour in range(40):
        features.push("bikes", "rentals", [rental(hour)])
        features.flush("bikes")
    assert len(features.read_source("bikes", "rentals")) == 40
    history = DeltaTables(home / "tables").history(table_of("bikes", "rentals"))
    assert any(commit.operation == "OPTIMIZE" for commit in history)


def test_bad_rows_are_quarantined_with_reasons_and_named_in_the_history(features: Features, ledger: Ledger) -> None:
    good = rental(1)
    bad = [
        {**rental(30), "temp": "warm"},
        {**rental(60), "cnt": float("nan")},
        {**rental(90), "at": "yesterday"},
        {**rental(120), "at": "2026-06-01T00:00:00Z"},
        {**rental(150), "city": None},
        {key: value for key, value in rental(180).items() if key != "hr"},
        {**rental(210), "hr": 1.5},
        {**rental(240), "cnt": 10**400},
    ]
    result = features.push("bikes", "rentals", [good, *bad])
    assert (result.accepted, result.duplicates) == (1, 0)
    assert [(each.row, each.column, each.kind) for each in result.quarantined] == [
        (1, "temp", "type"),
        (2, "cnt", "non_finite"),
        (3, "at", "type"),
        (4, "at", "future"),
        (5, "city", "missing"),
        (6, "hr", "missing"),
        (7, "hr", "type"),
        (8, "cnt", "range"),
    ]
    assert result.quarantined[0] == Quarantined(1, "temp", "type", "'warm' is no number")
    assert features.push("bikes", "rentals", [good, *bad]).quarantined == result.quarantined
    assert features.datasets.count_quarantined("bikes") == {"rentals": 8}
    with ledger.db.read() as tx:
        told = ledger.events.list(tx, project="bikes", kinds=["rows.quarantined"])
    assert [event.payload["count"] for event in told] == [8]
    assert told[0].payload["reasons"] == {"future": 1, "missing": 2, "non_finite": 1, "range": 1, "type": 3}
    kept = {row.column: row.values for row in features.datasets.list_quarantined("bikes") if row.kind == "non_finite"}
    assert kept == {"cnt": {**rental(60), "cnt": "NaN"}}


def test_a_bad_row_takes_no_other_row_with_it_however_rows_are_pushed(features: Features, ledger: Ledger) -> None:
    features.push("bikes", "rentals", [rental(hour, cnt=float(hour % 50), city=city) for hour in range(200) for city in ("dc", "la")])
    features.prepare("bikes", "hourly", before=FAR, known_by=FAR)
    rows = [rental(200, cnt=cnt, city=city) for cnt, city in ((-5_000.0, "dc"), (90_000.0, "nyc"), (None, "la"), (7.0, "rome"))]
    rows[2]["cnt"] = None
    together = features.push("bikes", "rentals", rows)
    assert together.accepted == 1
    assert [(each.row, each.column, each.kind) for each in together.quarantined] == [
        (0, "cnt", "range"),
        (1, "cnt", "range"),
        (2, "cnt", "missing"),
    ]
    moved = [{**row, "at": iso(START + 201 * HOUR)} for row in rows]
    alone = [features.push("bikes", "rentals", [row]) for row in moved]
    assert [(each.accepted, [(one.column, one.kind) for one in each.quarantined]) for each in alone] == [
        (0, [("cnt", "range")]),
        (0, [("cnt", "range")]),
        (0, [("cnt", "missing")]),
        (1, []),
    ]
    with ledger.db.read() as tx:
        payload = ledger.events.list(tx, project="bikes", kinds=["rows.quarantined"])[0].payload
    assert (payload["source"], payload["count"], payload["hours"]) == ("rentals", 3, ["2011-01-09T08:00:00Z"])


def test_a_correction_counts_from_its_arrival_on_and_there_is_one_label(
    features: Features, ledger: Ledger, projects: dict[str, ProjectDefinition]
) -> None:
    """On event time: what is pushed after the watermark has passed it was not known before."""
    features.push("bikes", "rentals", days(3))
    watermark = START + timedelta(days=3)
    with ledger.db.write() as tx:
        ledger.events.advance(tx, "bikes", watermark)
    corrected = features.push("bikes", "rentals", [rental(30, cnt=1_000.0), rental(31, cnt=500.0), rental(31, cnt=600.0)])
    assert (corrected.accepted, corrected.duplicates) == (3, 0)
    assert features.push("bikes", "rentals", [rental(30, cnt=1_000.0), rental(31, cnt=600.0)]).duplicates == 2
    more = [rental(hour) for hour in range(72, 84)]
    features.push("bikes", "rentals", more)

    frame = features.training_frame("bikes", "hourly", before=FAR, known_by=FAR)
    assert frame["at"].is_unique().all()
    by_hour = {(row["at"] - START) // HOUR: row for row in frame.iter_rows(named=True)}
    assert (by_hour[30]["cnt"], by_hour[31]["cnt"], by_hour[32]["cnt"]) == (1_000.0, 600.0, 32.0)
    assert by_hour[54]["cnt_yesterday"] == 30.0
    assert by_hour[71]["cnt_week"] == sum(range(48)) / 48
    assert by_hour[72]["cnt_week"] == (sum(range(49)) - 30 - 31 + 1_000 + 600) / 49
    for hour, row in by_hour.items():
        assert features.lookup("bikes", "hourly", "dc", START + hour * HOUR) == {name: row[name] for name in ("cnt_yesterday", "cnt_week")}
    before = features.training_frame("bikes", "hourly", before=FAR, known_by=watermark - HOUR)
    assert before.filter(pl.col("at") == START + 30 * HOUR)["cnt"].to_list() == [30.0]
    assert features.read_source("bikes", "rentals").height == 84


def test_on_the_wall_clock_a_late_row_is_not_known_before_it_arrives(
    start: Start, ledger: Ledger, projects: dict[str, ProjectDefinition]
) -> None:
    rentals = replace(projects["bikes"].sources[0], known_after_seconds=0.0)
    projects["bikes"] = replace(projects["bikes"], clock="wall", sources=(rentals, projects["bikes"].sources[1]))
    clock = ledger.clock
    assert isinstance(clock, SettableClock)
    features, began = start(), clock.at

    def at(hour: int, **other: Any) -> dict[str, Any]:
        return {**rental(0, **other), "at": iso(began + hour * HOUR)}

    def look(hour: float) -> Any:
        return features.lookup("bikes", "hourly", "dc", began + hour * HOUR)["cnt_week"]

    clock.set(began + HOUR)
    features.push("bikes", "rentals", [at(-10, cnt=1.0), at(-5, cnt=2.0)])  # history, from before the source was declared
    assert [look(hour) for hour in (-11, -9, -4, 0.5, 1)] == [None, 1.0, 1.5, None, 1.5]
    clock.set(began + 4 * HOUR)
    features.push("bikes", "rentals", [at(2, cnt=9.0)])
    served = {3: look(3), 4: look(4)}
    assert served == {3: 1.5, 4: 4.0}
    clock.set(began + 6 * HOUR)
    features.push("bikes", "rentals", [at(2, cnt=3.0), at(3, cnt=100.0), at(4, cnt=100.0)])
    assert (look(3), look(4), look(6)) == (1.5, 4.0, (1 + 2 + 3 + 200) / 5)
    features.push("bikes", "rentals", [at(-5, cnt=2.5)])
    assert look(-4) == 1.75
    clock.set(began + 7 * HOUR)
    frame = features.training_frame("bikes", "hourly", before=clock.at, known_by=clock.at)
    trained = {(row["at"] - began) // HOUR: row["cnt_week"] for row in frame.iter_rows(named=True)}
    assert trained == {-10: None, -5: 1.0, 2: 1.5, 3: 1.5, 4: 4.0}
    assert frame["cnt"].to_list() == [1.0, 2.5, 3.0, 100.0, 100.0]


def test_rows_that_an_older_release_stored_are_still_read(start: Start, home: Path, projects: dict[str, ProjectDefinition]) -> None:
    """Its tables have no arrival and no order, its journal neither."""
    features = start()
    features.push("bikes", "rentals", days(1))
    features.flush("bikes")
    tables = DeltaTables(home / "tables")
    name = table_of("bikes", "rentals")
    tables.overwrite(name, tables.scan(name).drop("_arrived", "_order").collect())
    journal = features._feeds["bikes", "rentals"].queue
    layout = Layout.of(projects["bikes"].sources[0])
    old = [layout.event("dc", micros(START + hour * HOUR), (hour % 24, 0.5, float(hour))) for hour in (24, 25)]
    journal.journal.append([msgspec.msgpack.encode([layout.columns, [(each.entity, each.at, each.values, each.identity) for each in old]])])
    features.close()
    shutil.rmtree(home / "online")
    again = start()
    assert again.lookup("bikes", "hourly", "dc", START + 49 * HOUR) == {"cnt_yesterday": 25.0, "cnt_week": sum(range(26)) / 26}
    assert again.push("bikes", "rentals", [*days(1), rental(24), rental(3, cnt=99.0)]) == PushResult(1, 25, ())
    assert again.lookup("bikes", "hourly", "dc", START + 27 * HOUR)["cnt_yesterday"] == 99.0
    assert again.read_source("bikes", "rentals")["cnt"].to_list() == [*map(float, range(3)), 99.0, *map(float, range(4, 26))]


def test_no_feature_sees_the_row_that_it_is_computed_for(start: Start, projects: dict[str, ProjectDefinition]) -> None:
    """Whatever the column, and also where `known_at` is null."""
    source = SourceDefinition("sales", "city", "at", {"temp": "float", "cnt": "float"}, "known")
    made = tuple(FeatureDefinition(f"{kind}_{column}", kind, column, 3_600.0) for kind in ("last", "count") for column in ("temp", "cnt"))
    own = ProjectDefinition(
        "shop",
        clock="event",
        entities=projects["bikes"].entities,
        sources=(source,),
        feature_views=(FeatureViewDefinition("recent", "sales", made),),
        feature_services=(FeatureServiceDefinition("now", "sales", (), ("recent",), "cnt"),),
    )
    ensure_sound(own)
    projects["shop"] = own
    features = start()
    rows = [
        {"city": "dc", "at": iso(START + minute * MINUTE), "temp": minute, "cnt": minute, "known": known}
        for minute, known in ((10, None), (20, iso(START)), (30, None))
    ]
    features.push("shop", "sales", rows)
    expected = [
        {"last_temp": None, "last_cnt": None, "count_temp": 0, "count_cnt": 0},
        {"last_temp": 10.0, "last_cnt": 10.0, "count_temp": 1, "count_cnt": 1},
        {"last_temp": 20.0, "last_cnt": 20.0, "count_temp": 2, "count_cnt": 2},
    ]
    frame = features.training_frame("shop", "now", before=FAR, known_by=FAR)
    assert frame.drop("city", "at", "cnt").to_dicts() == expected
    assert [features.lookup("shop", "now", "dc", START + minute * MINUTE) for minute in (10, 20, 30)] == expected


def test_columns_may_have_any_name(start: Start, projects: dict[str, ProjectDefinition]) -> None:
    names = ("missing", "layout", "count", "key", "code", "at_", "values", "rows", "index", "len", "literal", "head", "0", "place")
    columns: dict[str, Any] = {name: "str" if name in ("count", "rows") else "float" for name in names}
    source = SourceDefinition("sales", "city", "at", {**columns, "label": "float"})
    made = tuple(FeatureDefinition(f"f_{name}", "last", name, 3_600.0 * 1_000) for name in names)
    projects["shop"] = ProjectDefinition(
        "shop",
        clock="event",
        entities=projects["bikes"].entities,
        sources=(source,),
        feature_views=(FeatureViewDefinition("recent", "sales", made),),
        feature_services=(FeatureServiceDefinition("now", "sales", names, ("recent",), "label"),),
    )
    ensure_sound(projects["shop"])
    features = start()
    rows = [
        {"city": "dc", "at": iso(START + hour * HOUR), "label": 1.0}
        | {name: f"t{hour}" if dtype == "str" else float(hour) for name, dtype in columns.items()}
        for hour in range(120)
    ]
    assert features.push("shop", "sales", rows).accepted == 120
    frame = features.training_frame("shop", "now", before=FAR, known_by=FAR)
    assert frame.row(119, named=True)["f_missing"] == 118.0
    found = features.lookup("shop", "now", "dc", START + 500 * HOUR)
    assert found == {f"f_{name}": "t119" if dtype == "str" else 119.0 for name, dtype in columns.items()}


def test_with_an_event_clock_the_future_is_measured_from_the_watermark(features: Features, ledger: Ledger) -> None:
    features.push("bikes", "rentals", days(1))
    with ledger.db.write() as tx:
        ledger.events.advance(tx, "bikes", START + timedelta(days=1))
    result = features.push("bikes", "rentals", [rental(24 * 30), rental(24 * 400)])
    assert (result.accepted, [(each.row, each.kind) for each in result.quarantined]) == (1, [(1, "future")])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "the push is empty: send at least one row"),
        ([{"city": "dc", "at": "2011-01-01T00:00:00Z", "hr": 1, "temp": 1.0}], "column 'cnt' is in no row"),
        ([rental(1, weather="fine")], "source 'rentals' has no column 'weather'"),
        ([[1, 2]], "rows\\[0\\]: list is no row"),
    ],
)
def test_a_push_that_is_wrong_as_a_whole_is_refused(features: Features, rows: list[Any], message: str) -> None:
    with pytest.raises(Invalid, match=message):
        features.push("bikes", "rentals", rows)
    assert features.list_sources("bikes")[0].rows == 0


def test_names_that_are_unknown_are_not_found(features: Features) -> None:
    with refused(NotFound, kind="project", key="birds"):
        features.push("birds", "rentals", days(1))
    with refused(NotFound, kind="source", key="rental"):
        features.push("bikes", "rental", days(1))
    with refused(NotFound, kind="feature_service", key="daily"):
        features.lookup("bikes", "daily", "dc", START)
    with pytest.raises(NotFound, match="push some first"):
        features.training_frame("bikes", "hourly", before=FAR, known_by=FAR)


def test_ten_thousand_rows_are_one_push(features: Features) -> None:
    rows = [rental(hour, city=f"c{city}") for hour in range(1_000) for city in range(10)]
    assert features.push("bikes", "rentals", rows).accepted == 10_000
    assert features.flush("bikes") == 10_000


def test_a_new_column_leaves_older_events_readable(start: Start, projects: dict[str, ProjectDefinition]) -> None:
    start().push("bikes", "rentals", days(1))
    rentals, news = projects["bikes"].sources
    wider = replace(rentals, columns={"wind": "float", **rentals.columns})
    projects["bikes"] = replace(projects["bikes"], sources=(wider, news))
    features = start()
    features.push("bikes", "rentals", [rental(24, wind=3.0)])
    assert features.push("bikes", "rentals", [rental(23, wind=None)]) == PushResult(0, 1, ())
    assert features.lookup("bikes", "hourly", "dc", START + 48 * HOUR) == {"cnt_yesterday": 24.0, "cnt_week": sum(range(25)) / 25}
    frame = features.read_source("bikes", "rentals")
    assert frame["wind"].to_list() == [None] * 24 + [3.0]
    assert features.training_frame("bikes", "hourly", before=FAR, known_by=FAR)["cnt"].to_list() == [float(hour) for hour in range(25)]


def test_a_column_may_not_change_its_type(features: Features, projects: dict[str, ProjectDefinition], ledger: Ledger) -> None:
    rentals, news = projects["bikes"].sources
    changed: SourceDefinition = replace(rentals, columns={**rentals.columns, "hr": "str"})
    with pytest.raises(Conflict, match="column 'hr' was int and would be str"), ledger.db.write() as tx:
        features.define(tx, replace(projects["bikes"], sources=(changed, news)))


def test_freshness_counts_table_and_journal(features: Features) -> None:
    features.push("bikes", "rentals", days(1))
    features.flush("bikes")
    features.push("bikes", "rentals", [rental(30)])
    state = features.list_sources("bikes")[0]
    assert (state.rows, state.waiting, state.first_event_at, state.last_event_at) == (25, 1, START, START + 30 * HOUR)


def test_a_read_only_home_is_an_error_and_acknowledges_nothing(features: Features, home: Path) -> None:
    (home / "journal").mkdir(exist_ok=True)
    (home / "journal" / queue_name("bikes", "rentals")).write_text("in the way")
    with pytest.raises(Unavailable, match="it needs a folder that can be written"):
        features.push("bikes", "rentals", days(1))
    assert features.lookup("bikes", "hourly", "dc", START + 30 * HOUR)["cnt_week"] is None
