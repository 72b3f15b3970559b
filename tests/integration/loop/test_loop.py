"""The whole loop through real processes: it notices, learns, judges, serves and bake_periods by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from meguri.core.errors import NotFound
from meguri.core.times import iso
from meguri.demo.replay import LoopEvent
from meguri.demo.scenes import DAY
from meguri.testing.postgres import PostgresServer
from meguri.testing.server import running_server
from tests.integration.loop.conftest import Player, Pond, playing
from tests.integration.loop.history import decisions_of


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    """A pond that was played to its end."""
    with running_server(tmp_path_factory.mktemp("pond") / "home") as server, playing(server, Pond()) as player:
        player.replay.run()
        yield player


def _first(events: list[LoopEvent], kind: str, after: int = 0) -> int:
    return next(event.sequence for event in events if event.kind == kind and event.sequence > after)


def test_lost_accuracy_leads_to_a_better_model_in_service(played: Player) -> None:
    told = played.told
    at = _first(told, "monitor.breached")
    for kind in ("trigger.fired", "model_version.created", "promotion.opened", "promotion.approved", "deployment.live", "bake.passed"):
        at = _first(told, kind, after=at)
    results = played.replay.results()
    assert results["failed_requests"] == 0
    assert results["promotions"] >= 1
    assert results["rollbacks"] == 0
    assert results["alarms"][0] > iso(played.pond.change)


def test_every_prediction_was_logged_once_and_has_its_label(played: Player) -> None:
    quality = played.client.get("/api/v1/projects/pond/endpoints/pond/quality")
    rows = sum(day["predictions"] for day in quality["items"]), sum(day["labelled"] for day in quality["items"])
    assert rows == (played.replay.cursor.predictions, played.replay.cursor.predictions - 1)


def test_the_garbled_row_is_quarantined_and_named(played: Player) -> None:
    (event,) = played.find("rows.quarantined")
    assert (event.payload["source"], event.payload["count"]) == ("readings", 1)
    assert "2024-03-04T12:00:00Z" in str(event.payload)


def test_the_loop_is_better_than_standing_still(played: Player) -> None:
    errors = played.replay.cursor.day_errors().values()
    loop = sum(each.absolute for each in errors) / sum(each.rows for each in errors)
    assert loop < 0.8 * played.replay.static_error("mae", played.pond.end)


def test_a_prediction_leads_back_to_the_snapshot_that_trained_its_model(played: Player) -> None:
    prediction = played.client.get("/api/v1/projects/pond/endpoints/pond/predictions/pond-2024-03-26T10:00:00Z")
    graph = played.client.lineage.walk("model_version", prediction["version"], direction="up", depth=32)
    kinds = {node["kind"] for node in graph["nodes"]}
    assert {"model_version", "run", "snapshot"} <= kinds


def test_a_version_compared_with_itself_on_what_it_served_is_as_good(played: Player) -> None:
    (live,) = [event for event in played.find("deployment.live") if event.payload["version"] == played.serving]
    assert live.at is not None
    body = {"version": played.serving, "start": iso(live.at), "end": iso(played.pond.end)}
    found = played.client.post("/api/v1/projects/pond/endpoints/pond/comparisons", body)
    assert found["rows"] == 12 * (played.pond.end - live.at).days
    assert found["other"] == pytest.approx(found["served"], rel=1e-4)


def test_a_comparison_over_a_window_without_labels_is_refused(played: Player) -> None:
    body = {"version": played.serving, "start": iso(played.pond.end), "end": iso(played.pond.end + DAY)}
    with pytest.raises(NotFound, match="has none in that window"):
        played.client.post("/api/v1/projects/pond/endpoints/pond/comparisons", body)


@pytest.mark.long
def test_two_replays_make_the_same_history(played: Player, tmp_path: Path) -> None:
    with running_server(tmp_path / "home") as server, playing(server, Pond()) as again:
        again.replay.run()
        assert decisions_of(again.told) == decisions_of(played.told)


@pytest.mark.postgresql
def test_a_replay_on_postgresql_makes_the_same_history(played: Player, postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.url(postgres.create_database())
    with running_server(tmp_path / "home", options=["--database", url]) as server, playing(server, Pond()) as again:
        again.replay.run()
        assert decisions_of(again.told) == decisions_of(played.told)
