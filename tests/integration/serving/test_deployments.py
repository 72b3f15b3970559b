from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from meguri.core.definitions.models import GoldenRow
from meguri.core.errors import Conflict, NotFound
from meguri.jobs.tables import jobs
from meguri.lineage.service import Edge, Node
from meguri.serving import tables
from meguri.serving.deployment_specs import DeploymentSpec, spec_file
from meguri.testing.ledger import Ledger
from tests.integration.serving.world import HEADERS, World, definition, deployable, make_world
from tests.refusals import refused
from tests.unit.serving.examples import AT

DAY = 86_400_000_000


def test_a_deployed_version_answers_and_is_in_events_and_lineage(world: World) -> None:
    id = world.deploy("mv_1")
    world.run_jobs()
    assert world.infer("p1")["model_version"] == "mv_1"
    assert world.states() == {"mv_1": "live"}
    created = {
        "endpoint": "bikes",
        "deployment": id,
        "version": "mv_1",
        "model": "bikes",
        "number": 1,
        "revision": 1,
        "reason": "asked for",
    }
    assert world.events() == [("deployment.created", created), ("deployment.live", {**created, "former": None})]
    with world.ledger.db.read() as tx:
        edges = world.ledger.lineage.upstream(tx, Node("endpoint", world.endpoint().id)).edges
    deployment = Node("deployment", id)
    served = Edge(deployment, Node("endpoint", world.endpoint().id), "served")
    assert set(edges) == {Edge(Node("model_version", "mv_1"), deployment, "deployed"), served}


def test_the_next_version_replaces_it(world: World) -> None:
    world.deploy("mv_1")
    world.run_jobs()
    world.deploy("mv_2", "better")
    world.run_jobs()
    assert (world.infer("p1")["model_version"], world.states()) == ("mv_2", {"mv_1": "replaced", "mv_2": "live"})
    assert world.events()[-1][1]["former"] == "mv_1"


def test_deploying_what_is_live_changes_nothing(world: World) -> None:
    first = world.deploy("mv_1")
    assert world.deploy("mv_1") == first
    world.run_jobs()
    assert world.deploy("mv_1") == first
    assert [kind for kind, _ in world.events()] == ["deployment.created", "deployment.live"]


def test_a_version_that_its_endpoint_refuses_is_noted_and_the_former_one_serves(world: World) -> None:
    world.deploy("mv_1")
    world.run_jobs()
    world.versions["mv_2"] = deployable("mv_2", golden=(GoldenRow((1.0, 0.5, 100.0), -1.0),))
    id = world.deploy("mv_2")
    world.run_jobs()
    assert (world.infer("p1")["model_version"], world.states()) == ("mv_1", {"mv_1": "live", "mv_2": "failed"})
    kind, payload = world.events()[-1]
    assert (kind, payload["deployment"]) == ("deployment.failed", id)
    assert "mv_2 answers golden row 0 with 59.0 and not -1.0" in payload["why"]
    world.deploy("mv_3")
    world.run_jobs()
    assert world.states() == {"mv_1": "replaced", "mv_2": "failed", "mv_3": "live"}


def test_rolling_back_serves_the_former_version_again(world: World) -> None:
    for version in ("mv_1", "mv_2"):
        world.deploy(version)
        world.run_jobs()
    with world.ledger.db.write() as tx:
        made = world.serving.roll_back(tx, "bikes", "bikes", reason="worse")
    world.run_jobs()
    assert (made.version, world.infer("p1")["model_version"], world.infer("p1")["parameters"]["deployment"]) == ("mv_1", "mv_1", made.id)
    rolled_back = {"endpoint": "bikes", "deployment": "dep_2", "version": "mv_2", "model": "bikes", "number": 2}
    rolled_back |= {"to": "mv_1", "to_number": 1, "by": made.id, "reason": "worse"}
    assert [payload for kind, payload in world.events() if kind == "deployment.rolled_back"] == [rolled_back]
    with world.ledger.db.read() as tx:
        states = [(each.id, each.state) for each in reversed(world.serving.list_deployments(tx, world.endpoint().id))]
    assert states == [("dep_1", "replaced"), ("dep_2", "rolled_back"), (made.id, "live")]


def test_the_first_deployment_cannot_be_rolled_back(world: World) -> None:
    world.deploy("mv_1")
    with pytest.raises(Conflict, match="no former deployment to roll back to"), world.ledger.db.write() as tx:
        world.serving.roll_back(tx, "bikes", "bikes", reason="worse")


def test_a_deployment_that_was_overtaken_never_goes_live(world: World) -> None:
    world.deploy("mv_1")
    world.deploy("mv_2")
    world.run_jobs()
    assert (world.infer("p1")["model_version"], world.states()) == ("mv_2", {"mv_1": "replaced", "mv_2": "live"})


def test_an_endpoint_that_is_down_takes_the_deployment_when_it_starts(ledger: Ledger, home: Path) -> None:
    with make_world(ledger, home, wait_seconds=0.3) as world:
        world.starter.works = False
        world.deploy("mv_1")
        world.run_jobs()
        assert (world.states(), world.starter.asked) == ({"mv_1": "created"}, ["ep_1"])
        world.starter.works = True
        world.serving.start()
        wait_until(lambda: world.serving.note_live() == 1)
        assert (world.states(), world.infer("p1")["model_version"]) == ({"mv_1": "live"}, "mv_1")


def test_a_deployment_whose_job_gave_up_goes_live_all_the_same(world: World) -> None:
    world.deploy("mv_1")
    with world.ledger.db.write() as tx:  # as the disk stayed full when its spec was to be written
        tx.execute(update(jobs).values(state="failed"))
    wait_until(lambda: world.serving.note_live() == 1)
    assert (world.states(), world.infer("p1")["model_version"]) == ({"mv_1": "live"}, "mv_1")


def test_two_projects_may_both_have_an_endpoint_of_one_name(world: World) -> None:
    with world.ledger.db.write() as tx:
        world.serving.define(tx, definition("other"))
    world.deploy("mv_1")
    world.versions["mv_2"] = replace(world.versions["mv_2"], project="other")
    with world.ledger.db.write() as tx:
        world.serving.deploy(tx, "other", "bikes", "mv_2", reason="")
    world.run_jobs()
    theirs = world.endpoint("other")
    urls = [world.serving.client.url(each) for each in (world.endpoint(), theirs)]
    assert [httpx.get(f"{url}/v2/models/bikes", headers=HEADERS).json()["versions"] for url in urls] == [["mv_1"], ["mv_2"]]
    world.infer("p1")
    for endpoint in (world.endpoint(), theirs):
        world.serving.move(endpoint)
    with world.ledger.db.read() as tx:
        assert world.serving.get_prediction(tx, "bikes", "bikes", "p1").version == "mv_1"
        with pytest.raises(NotFound):
            world.serving.get_prediction(tx, "other", "bikes", "p1")


def test_what_is_wrong_with_a_deployment_is_said(world: World) -> None:
    with world.ledger.db.write() as tx:
        with refused(NotFound, kind="model_version", key="mv_9"):
            world.serving.deploy(tx, "bikes", "bikes", "mv_9", reason="")
        with refused(NotFound, kind="endpoint", key="cars"):
            world.serving.deploy(tx, "bikes", "cars", "mv_1", reason="")
        with pytest.raises(NotFound, match="project 'other' has none"):
            world.serving.deploy(tx, "other", "bikes", "mv_1", reason="")
        world.versions["mv_1"] = replace(world.versions["mv_1"], project="other")
        with pytest.raises(Conflict, match="belongs to project 'other'"):
            world.serving.deploy(tx, "bikes", "bikes", "mv_1", reason="")


def wait_until(seen: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def open_rows(world: World) -> list[tuple[Any, ...]]:  # Any: a row
    columns = tables.open_predictions.c
    with world.ledger.db.read() as tx:
        query = select(columns.id, columns.version, columns.entity, columns.inputs, columns.output).order_by(columns.id)
        return [tuple(row) for row in tx.execute(query)]


def test_logged_predictions_are_moved_once_with_their_profiles(world: World) -> None:
    world.deploy("mv_1")
    world.run_jobs()
    world.infer("p1")
    world.infer("p2", rows=2)
    first = world.serving.move(world.endpoint())
    world.infer("p1")
    world.infer("p3", event_time="2011-05-02T12:00:00Z")
    second = world.serving.move(world.endpoint())
    assert ((first.rows, first.segments, first.sealed), (second.rows, second.segments)) == ((3, 1, True), (1, 1))
    assert open_rows(world) == [
        ("p1", "mv_1", "dc", [0, 0.5, 100.0], 56.0),
        ("p2~0", "mv_1", "dc", [0, 0.5, 100.0], 56.0),
        ("p2~1", "mv_1", "dc", [1, 0.5, 100.0], 58.0),
        ("p3", "mv_1", "dc", [0, 0.5, 100.0], 56.0),
    ]
    with world.ledger.db.read() as tx:
        windows = world.serving.list_windows(tx, world.endpoint().id, 0, 100_000)
        days = world.serving.predictions.rows_by_day(tx, world.endpoint().id)
    assert [(each.version, each.day, each.rows, sum(each.counts)) for each in windows] == [
        ("mv_1", AT // DAY, 3, 12),
        ("mv_1", AT // DAY + 1, 1, 4),
    ]
    assert days == [(AT // DAY, 3), (AT // DAY + 1, 1)]


def test_a_move_that_is_killed_after_the_append_writes_nothing_twice(world: World) -> None:
    world.deploy("mv_1")
    world.run_jobs()
    world.infer("p1", rows=3)
    predictions = world.serving.predictions
    world.store.loses_answers = True
    with pytest.raises(KeyboardInterrupt):
        predictions.move(world.endpoint(), keep_rows=1)
    world.store.loses_answers = False
    world.infer("p2")
    predictions.move(world.endpoint(), keep_rows=1)
    predictions.move(world.endpoint(), keep_rows=1)
    kept = world.store.scan("predictions.bikes.bikes").sort("id").collect()
    assert kept.select("id", "version", "inputs", "output").rows() == [
        ("p1~0", "mv_1", "[0,0.5,100.0]", 56.0),
        ("p1~1", "mv_1", "[1,0.5,100.0]", 58.0),
        ("p1~2", "mv_1", "[2,0.5,100.0]", 60.0),
        ("p2", "mv_1", "[0,0.5,100.0]", 56.0),
    ]


def test_a_prediction_is_found_in_the_log_the_ledger_and_the_table(world: World) -> None:
    world.deploy("mv_1")
    world.run_jobs()
    world.infer("p1")
    endpoint = world.endpoint()
    find = world.serving.predictions.find
    with world.ledger.db.read() as tx:
        logged = find(tx, endpoint, "p1")
    world.serving.predictions.move(world.endpoint(), keep_rows=1)
    with world.ledger.db.read() as tx:
        moved, [(_, newest)] = find(tx, endpoint, "p1"), world.serving.predictions.list_newest(tx, endpoint)
    with world.ledger.db.write() as tx:
        tx.execute(tables.open_predictions.delete())
    with world.ledger.db.read() as tx:
        kept = find(tx, endpoint, "p1")
        with refused(NotFound, kind="prediction", key="none"):
            world.serving.predictions.get(tx, endpoint, "none")
    assert logged is not None
    assert (logged.inputs, logged.output) == ({"hr": 0, "temp": 0.5, "cnt_yesterday": 100.0}, 56.0)
    assert logged == moved == kept == newest


def test_old_segments_are_dropped_once_they_are_kept_and_need_not_be_remembered(world: World) -> None:
    world.deploy("mv_1")
    world.run_jobs()
    predictions = world.serving.predictions
    predictions.remembered = 2
    for number in range(5):
        world.infer(f"p{number}")
        predictions.move(world.endpoint(), keep_rows=1)
    logged = sorted(path.name for path in (world.home / "log" / world.endpoint().id).glob("*.seg"))
    assert [name.lstrip("0") for name in logged] == ["4.seg", "5.seg", "6.seg"]
    with world.ledger.db.read() as tx:
        assert world.serving.predictions.get(tx, world.endpoint(), "p0").output == 56.0


def test_the_spec_in_the_ledger_is_the_spec_on_disk(world: World) -> None:
    id = world.deploy("mv_1")
    world.run_jobs()
    with world.ledger.db.read() as tx:
        known = world.serving.get_spec(tx, id)
    assert DeploymentSpec.from_json(spec_file(world.home, world.endpoint().id).read_bytes(), "") == known
