from __future__ import annotations

import math
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier, Thread

import pytest

from meguri.adapters.blobs.local import LocalBlobs
from meguri.adapters.series.sqlite import SqliteSeries
from meguri.core.errors import Invalid, MeguriError, NotFound, RunFinished
from meguri.core.ids import RunId, new_id
from meguri.core.points import Point
from meguri.ports.series import Token
from meguri.testing.ledger import Ledger, SettableClock
from meguri.tracking.model import Line, Run, RunRecord
from meguri.tracking.service import Tracking


@pytest.fixture
def tracking(ledger: Ledger, tmp_path: Path) -> Tracking:
    series, blobs = SqliteSeries(tmp_path / "series.db"), LocalBlobs(tmp_path / "blobs")
    return Tracking(ledger.db, ledger.events, ledger.lineage, ledger.projects, series, blobs, ledger.clock, new_id)


def events(ledger: Ledger, subject: str) -> list[tuple[str, object]]:
    with ledger.db.read() as tx:
        return [(event.kind, event.payload.get("status")) for event in ledger.events.list(tx, subject=subject)]


def point(clock: SettableClock, step: int, value: float = 0.5) -> Point:
    return Point("loss", step, value, clock())


def test_run_keeps_what_it_was_started_with(tracking: Tracking, ledger: Ledger, clock: SettableClock) -> None:
    run = tracking.start_run("bikes", "night", "first", params={"lr": 0.1, "deep": True}, tags={"who": "me"}, environment={"host": "a"})
    assert run == Run(run.id, "bikes", "night", "first", "run", "running", clock(), clock(), None, None, {"host": "a"})
    assert tracking.get_record(run.id) == RunRecord(run, {"lr": 0.1, "deep": True}, {"who": "me"}, {})
    assert events(ledger, run.id) == [("run.started", None)]
    assert [(each.name, runs) for each, runs in tracking.list_experiments("bikes")] == [("night", 1)]
    with ledger.db.read() as tx:
        assert [each.name for each in ledger.projects.list(tx)] == ["bikes"]


def test_starting_the_same_id_again_gives_the_run_as_it_is(tracking: Tracking, ledger: Ledger) -> None:
    first = tracking.start_run("bikes", id=RunId("run_1"), name="first", params={"lr": 0.1})
    tracking.finish(first.id)
    again = tracking.start_run("bikes", id=RunId("run_1"), name="second", params={"lr": 0.2})
    assert (again.name, again.status) == ("first", "finished")
    assert tracking.get_record(first.id).params == {"lr": 0.1}
    assert len(events(ledger, first.id)) == 2


def test_finished_run_refuses_points_params_lines_and_files(tracking: Tracking, clock: SettableClock) -> None:
    run = tracking.start_run("bikes").id
    tracking.finish(run)
    for refused in (
        lambda: tracking.add_points(run, [point(clock, 1)]),
        lambda: tracking.set_params(run, {"lr": 1}),
        lambda: tracking.add_lines(run, "w", 0, ["x"]),
        lambda: tracking.artifacts.save(run, "a.txt", BytesIO(b"a")),
    ):
        with pytest.raises(RunFinished):
            refused()
    tracking.set_tags(run, {"note": "tags are welcome"})
    assert tracking.get_record(run).tags == {"note": "tags are welcome"}


def test_batch_resent_after_the_end_is_welcome_when_all_of_it_is_known(tracking: Tracking, clock: SettableClock) -> None:
    run = tracking.start_run("bikes").id
    assert tracking.add_points(run, [point(clock, 1), point(clock, 2)], Token("w", 0)) == 2
    tracking.finish(run)
    assert tracking.add_points(run, [point(clock, 1), point(clock, 2)], Token("w", 0)) == 0
    with pytest.raises(RunFinished):
        tracking.add_points(run, [point(clock, 2), point(clock, 3)], Token("w", 1))


def test_ending_a_run_twice_alike_is_nothing_and_otherwise_is_refused(tracking: Tracking, ledger: Ledger, clock: SettableClock) -> None:
    run = tracking.start_run("bikes").id
    clock.advance(60)
    ended = tracking.fail(run, "out of memory")
    assert (ended.status, ended.error, ended.seconds(clock())) == ("failed", "out of memory", 60.0)
    clock.advance(60)
    assert tracking.fail(run, "again") == ended == tracking.get_run(run)
    with pytest.raises(RunFinished):
        tracking.finish(run)
    assert events(ledger, run) == [("run.started", None), ("run.failed", "failed")]


def test_of_clients_that_end_a_run_at_once_one_wins(tracking: Tracking, ledger: Ledger) -> None:
    run, start = tracking.start_run("bikes").id, Barrier(4)
    outcomes: list[str] = []

    def end(status: str) -> None:
        start.wait()
        try:
            outcomes.append(tracking.finish(run, status).status)  # type: ignore[arg-type]  # a plain str in this test
        except RunFinished:
            outcomes.append("refused")

    threads = [Thread(target=end, args=(status,)) for status in ("finished", "finished", "failed", "killed")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    final = tracking.get_run(run).status
    assert set(outcomes) <= {final, "refused"} and final in outcomes
    assert len(events(ledger, run)) == 2


def test_clock_that_goes_backwards_never_ends_a_run_before_it_began(tracking: Tracking, clock: SettableClock) -> None:
    run = tracking.start_run("bikes")
    clock.advance(-3600)
    ended = tracking.finish(run.id)
    assert ended.finished_at == run.started_at and ended.seconds(clock()) == 0


def test_run_without_a_sign_of_life_is_lost_until_the_next_one(tracking: Tracking, clock: SettableClock) -> None:
    run = tracking.start_run("bikes")
    step = tracking.start_run("bikes", kind="step")
    clock.advance(91)
    assert tracking.get_run(run.id).is_lost(clock()) and not tracking.get_run(step.id).is_lost(clock())
    assert not tracking.heartbeat(run.id).is_lost(clock())
    clock.advance(91)
    assert not tracking.finish(run.id).is_lost(clock())


def test_parent_is_an_edge_of_the_lineage(tracking: Tracking) -> None:
    parent = tracking.start_run("bikes", "sweep").id
    children = [tracking.start_run("bikes", "sweep", parent=parent).id for _ in range(2)]
    assert tracking.family(parent) == (None, sorted(children))
    assert tracking.family(children[0]) == (parent, [])
    with pytest.raises(NotFound):
        tracking.start_run("bikes", parent=RunId("run_absent"))


def test_run_started_in_a_transaction_that_fails_was_never_there(tracking: Tracking, ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), ledger.db.write() as tx:
        tracking.start_run("bikes", id=RunId("run_1"), tx=tx)
        raise RuntimeError
    with pytest.raises(NotFound):
        tracking.get_run(RunId("run_1"))


@pytest.mark.parametrize("sort", ["-started_at", "started_at", "name", "-name", "finished_at", "-finished_at", "status"])
def test_every_run_is_on_exactly_one_page(tracking: Tracking, clock: SettableClock, sort: str) -> None:
    made = []
    for number in range(11):
        made.append(tracking.start_run("bikes", name=f"n{number % 3}"))
        if number % 2:
            tracking.finish(made[-1].id)
        if number % 3:
            clock.advance(1)
    pages = [tracking.list_runs("bikes", sort=sort, limit=3)]
    while pages[-1]:
        last, value = pages[-1][-1]
        pages.append(tracking.list_runs("bikes", sort=sort, limit=3, after=(value, last.run.id)))
    found = [record for page in pages for record, _ in page]
    assert found == [record for record, _ in tracking.list_runs("bikes", sort=sort)]
    assert {record.run.id for record in found} == {run.id for run in made}
    if sort.lstrip("-") == "name":
        names = [record.run.name for record in found]
        assert names == sorted(names, reverse=sort[0] == "-")


def test_runs_are_listed_by_project_experiment_status_and_kind(tracking: Tracking) -> None:
    kept = tracking.start_run("bikes", "a")
    tracking.start_run("bikes", "b")
    tracking.start_run("bento", "a")
    tracking.start_run("bikes", "a", kind="step")
    tracking.finish(tracking.start_run("bikes", "a").id)
    found = tracking.list_runs("bikes", experiment="a", status="running", kind="run")
    assert [record.run for record, _ in found] == [kept]


def test_unknown_sort_and_the_position_of_another_sort_are_refused(tracking: Tracking) -> None:
    with pytest.raises(Invalid):
        tracking.list_runs("bikes", sort="password")
    with pytest.raises(Invalid, match="another sort"):
        tracking.list_runs("bikes", sort="name", after=(5, "run_1"))
    with pytest.raises(Invalid, match="another sort"):
        tracking.list_runs("bikes", sort="started_at", after=("a", "run_1"))


def test_last_values_come_with_the_runs(tracking: Tracking, clock: SettableClock) -> None:
    run = tracking.start_run("bikes").id
    tracking.add_points(run, [point(clock, 1, 0.9), point(clock, 2, math.inf)])
    [(record, _)] = tracking.list_runs("bikes")
    assert record.metrics == {"loss": point(clock, 2, math.inf)}


def test_param_set_again_has_the_new_value_and_nan_is_kept_as_text(tracking: Tracking) -> None:
    run = tracking.start_run("bikes", params={"lr": 0.1}).id
    tracking.set_params(run, {"lr": math.nan, "layers": 3, "note": None})
    assert tracking.get_record(run).params == {"layers": 3, "lr": "NaN", "note": None}


def test_console_lines_are_read_from_a_position_and_resends_are_dropped(tracking: Tracking) -> None:
    run, other = tracking.start_run("bikes").id, tracking.start_run("bikes").id
    assert tracking.add_lines(run, "w", 0, ["one", "two\0"]) == 2
    tracking.add_lines(other, "w", 0, ["elsewhere"])
    assert tracking.add_lines(run, "w", 1, ["two", "three"]) == 1
    assert tracking.add_lines(run, "v", 0, ["another writer"]) == 1
    lines = tracking.list_lines(run)
    assert [line.text for line in lines] == ["one", "two", "three", "another writer"]
    assert tracking.list_lines(run, after=lines[1].position, limit=1) == [Line(lines[2].position, "three")]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"project": "../etc"}, "project"),
        ({"project": ""}, "project"),
        ({"experiment": "a\nb"}, "experiment"),
        ({"name": "x" * 251}, "name"),
        ({"id": "mdl_1"}, "id"),
        ({"id": "run_" + "x" * 61}, "id"),
        ({"params": {"": 1}}, "params"),
        ({"tags": {"t": "x" * 10_001}}, "tags"),
        ({"tags": {"t": "\0"}}, "tags"),
        ({"texts": {"../x": ""}}, "artifact"),
    ],
)
def test_run_that_cannot_be_started_is_refused_with_the_field(tracking: Tracking, given: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as raised:
        tracking.start_run(**{"project": "bikes", **given})  # type: ignore[arg-type]  # wrong on purpose
    assert raised.value.fields["field"] == field
    assert tracking.list_runs("bikes") == []


def test_everything_asked_of_an_unknown_run_is_not_found(tracking: Tracking, clock: SettableClock) -> None:
    absent = RunId("run_absent")
    for ask in (
        lambda: tracking.get_run(absent),
        lambda: tracking.get_record(absent),
        lambda: tracking.finish(absent),
        lambda: tracking.add_points(absent, [point(clock, 1)]),
        lambda: tracking.set_params(absent, {}),
        lambda: tracking.set_tags(absent, {}),
        lambda: tracking.add_lines(absent, "w", 0, []),
        lambda: tracking.list_lines(absent),
        lambda: tracking.rename(absent, "x"),
        lambda: tracking.heartbeat(absent),
        lambda: tracking.artifacts.list(absent),
        lambda: tracking.artifacts.save(absent, "a", BytesIO(b"")),
    ):
        with pytest.raises(NotFound):
            ask()


def test_renamed_run_has_the_new_name(tracking: Tracking) -> None:
    run = tracking.start_run("bikes", name="old").id
    assert tracking.rename(run, "new").name == "new"


def test_batch_of_lines_is_bounded(tracking: Tracking) -> None:
    with pytest.raises(Invalid, match="at most"):
        tracking.add_lines(tracking.start_run("bikes").id, "w", 0, ["x"] * 10_001)


def test_heartbeat_age_is_measured_from_the_start(tracking: Tracking, clock: SettableClock) -> None:
    run = tracking.start_run("bikes")
    assert not run.is_lost(run.started_at + timedelta(seconds=90))
    assert run.is_lost(run.started_at + timedelta(seconds=90.001))


def test_errors_of_runs_are_cut_to_a_bearable_length(tracking: Tracking) -> None:
    run = tracking.start_run("bikes").id
    ended = tracking.fail(run, "x" * 20_000)
    assert ended.error == "x" * 10_000
    assert issubclass(RunFinished, MeguriError)
