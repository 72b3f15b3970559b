"""Labels join their predictions exactly once, in whatever order the two arrive."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from meguri.core.errors import Invalid
from meguri.core.ids import EndpointId
from meguri.core.times import micros
from meguri.db.engine import Database
from meguri.monitoring import tables
from meguri.monitoring.labels import Accepted, Joined, Label, Labels
from meguri.monitoring.quality import DayErrors
from meguri.monitoring.tables import outcome_days, outcomes, pending_labels
from meguri.serving.segments import PredictionRecord
from meguri.serving.tables import add_open_predictions
from meguri.testing.ledger import SettableClock

BIKES, TRAMS = EndpointId("ep_bikes"), EndpointId("ep_trams")
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def labels(db: Database, home: Path, clock: SettableClock) -> Iterator[Labels]:
    made = Labels(db, home, clock)
    yield made
    made.close()


def predict(db: Database, *rows: tuple[str, float, float], endpoint: EndpointId = BIKES, version: str = "mv_1") -> None:
    """Predictions as (id, output, hours after the start)."""
    records = [
        PredictionRecord(id, micros(START + timedelta(hours=hours)), 0, "dep_1", version, "dc", (1.0, "x"), output)
        for id, output, hours in rows
    ]
    with db.write() as tx:
        add_open_predictions(tx, endpoint, records)


def errors(db: Database, endpoint: EndpointId = BIKES) -> list[tuple[str, DayErrors]]:
    with db.read() as tx:
        return tables.list_errors(tx, endpoint, from_day=0, until_day=99_999)


def test_label_joins_its_prediction(db: Database, labels: Labels) -> None:
    predict(db, ("a", 10.0, 0), ("b", 20.0, 1), ("c", 5.0, 30))
    assert labels.submit(BIKES, [Label("a", 12.0), Label("b", 20.5), Label("c", 1.0)]) == Accepted(3, 0)
    assert labels.join(BIKES) == Joined(3, 0, 0, 0)
    day = tables.day_of(START)
    assert errors(db) == [("mv_1", DayErrors(day, 2, 2.5, 4.25, 32.5)), ("mv_1", DayErrors(day + 1, 1, 4.0, 16.0, 1.0))]
    with db.read() as tx:
        row = tx.execute(select(outcomes).where(outcomes.c.prediction_id == "c")).one()
    assert (row.version, row.deployment, row.output, row.label, row.inputs, row.entity) == ("mv_1", "dep_1", 5.0, 1.0, [1.0, "x"], "dc")
    assert row.event_at == START + timedelta(hours=30)


def test_joining_again_changes_nothing(db: Database, labels: Labels) -> None:
    predict(db, ("a", 10.0, 0))
    labels.submit(BIKES, [Label("a", 12.0)])
    labels.join(BIKES)
    before = errors(db)
    assert labels.join(BIKES) == Joined(0, 0, 0, 0)
    assert errors(db) == before


def test_label_before_its_prediction_waits_and_is_counted(db: Database, labels: Labels) -> None:
    labels.submit(BIKES, [Label("a", 12.0), Label("nobody", 1.0)])
    assert labels.join(BIKES) == Joined(0, 0, 0, 2)
    predict(db, ("a", 10.0, 0))
    assert labels.join(BIKES) == Joined(1, 0, 0, 1)
    assert errors(db) == [("mv_1", DayErrors(tables.day_of(START), 1, 2.0, 4.0, 12.0))]


def test_corrected_label_replaces_the_former_one(db: Database, labels: Labels) -> None:
    predict(db, ("a", 10.0, 0))
    labels.submit(BIKES, [Label("a", 12.0)])
    labels.join(BIKES)
    assert labels.submit(BIKES, [Label("a", 12.0)]) == Accepted(0, 1)
    assert labels.submit(BIKES, [Label("a", 9.0)]) == Accepted(1, 0)
    assert labels.join(BIKES) == Joined(0, 1, 1, 0)
    assert errors(db) == [("mv_1", DayErrors(tables.day_of(START), 1, 1.0, 1.0, 9.0))]


def test_same_label_twice_counts_once(db: Database, labels: Labels) -> None:
    predict(db, ("a", 10.0, 0))
    assert labels.submit(BIKES, [Label("a", 12.0), Label("a", 12.0)]) == Accepted(1, 1)
    assert labels.join(BIKES) == Joined(1, 0, 1, 0)
    assert labels.submit(BIKES, [Label("a", 12.0)]) == Accepted(0, 1)
    assert labels.join(BIKES) == Joined(0, 0, 1, 0)


def test_endpoints_have_their_own_labels(db: Database, labels: Labels) -> None:
    predict(db, ("a", 10.0, 0))
    predict(db, ("a", 30.0, 0), endpoint=TRAMS)
    labels.submit(BIKES, [Label("a", 12.0)])
    labels.join(BIKES)
    labels.join(TRAMS)
    assert [each.absolute for _, each in errors(db)] == [2.0]
    assert errors(db, TRAMS) == []


def test_label_that_is_no_number_is_named_and_nothing_is_kept(labels: Labels) -> None:
    with pytest.raises(Invalid, match=r"labels\[1\].value: nan \(of prediction 'b'\) is not a finite number"):
        labels.submit(BIKES, [Label("a", 1.0), Label("b", math.nan)])
    with pytest.raises(Invalid, match=r"labels\[0\].prediction_id"):
        labels.submit(BIKES, [Label("", 1.0)])
    with pytest.raises(Invalid, match="none of them NUL"):
        labels.submit(BIKES, [Label("a\0", 1.0)])  # PostgreSQL could never keep it, and every later label would wait behind it
    assert labels.join(BIKES) == Joined(0, 0, 0, 0)


def test_accepted_labels_are_there_after_a_restart(db: Database, home: Path, clock: SettableClock) -> None:
    first = Labels(db, home, clock)
    first.submit(BIKES, [Label("a", 12.0)])
    first.close()
    predict(db, ("a", 10.0, 0))
    second = Labels(db, home, clock)
    assert second.join(BIKES) == Joined(1, 0, 0, 0)
    second.close()


STEP = st.one_of(
    st.tuples(st.just("predict"), st.integers(0, 5), st.just(0.0)),
    st.tuples(st.just("label"), st.integers(0, 5), st.sampled_from([0.1, 0.2, 1e-9, 3e12, 7.7])),
    st.tuples(st.just("join"), st.just(0), st.just(0.0)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=25))
def test_any_order_of_predictions_and_labels_gives_the_same_cells(db: Database, clock: SettableClock, steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        endpoint = EndpointId(f"e{Path(folder).name}")
        labels = Labels(db, Path(folder), clock)
        predicted: set[int] = set()
        last: dict[int, float] = {}
        for kind, id, value in steps:
            if kind == "predict" and id not in predicted:
                predicted.add(id)
                predict(db, (str(id), id / 3, id * 10), endpoint=endpoint, version=f"mv_{id % 2}")
            elif kind == "label":
                last[id] = value
                labels.submit(endpoint, [Label(str(id), value)])
            elif kind == "join":
                labels.join(endpoint)
        labels.join(endpoint)
        cells: dict[tuple[str, int], tables.Cell] = {}
        for id in sorted(predicted & last.keys(), reverse=True):
            key = (f"mv_{id % 2}", tables.day_of(START + timedelta(hours=id * 10)))
            cells[key] = cells.get(key, tables.Cell()).plus(id / 3, last[id], times=1)
        with db.read() as tx:
            found = tx.execute(select(outcome_days).where(outcome_days.c.endpoint == endpoint)).all()
            waiting = tx.execute(select(pending_labels.c.prediction_id).where(pending_labels.c.endpoint == endpoint)).scalars().all()
        labels.close()
    assert {(row.version, row.day): tables.Cell(row.n, row.absolute, row.squared, row.label) for row in found} == cells
    assert set(waiting) == {str(id) for id in last.keys() - predicted}
