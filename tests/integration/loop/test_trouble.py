"""What goes wrong in a loop leaves the champion serving, and is seen."""

from __future__ import annotations

import pytest

from meguri.demo.scenes import DAY
from tests.integration.loop.conftest import Player


def test_a_bad_challenger_is_rejected_and_rolled_back_where_somebody_promotes_it_all_the_same(player: Player) -> None:
    player.play(4)
    champion = player.serving
    player.project.pipelines.start("retrain", {"scale": 3.0})
    player.advance_watermark()
    (rejected,) = player.find("promotion.rejected")
    assert rejected.payload["champion"] == player.serving == champion

    bad = rejected.payload["challenger"]
    player.project.models.move_alias("pond", "champion", bad)
    player.advance_watermark()
    assert player.serving == bad

    player.play(5)
    (failed,) = player.find("bake.failed")
    assert (failed.payload["version"], failed.payload["former"]) == (bad, champion)
    assert failed.payload["evidence"]["worse_by"] > 1
    assert "deployment.rolled_back" in player.kinds()
    assert player.serving == champion
    assert player.project.models.get("pond")["aliases"]["champion"] == champion
    assert player.replay.cursor.failed == 0


def test_the_champion_is_what_serves_also_after_a_way_back_by_hand_and_a_refused_roll_out(player: Player) -> None:
    champion = player.serving
    player.play(1)
    player.project.pipelines.start("retrain", {"scale": 3.0})
    player.advance_watermark()
    (bad,) = (event.payload["challenger"] for event in player.find("promotion.rejected"))

    player.project.models.move_alias("pond", "champion", bad)
    player.advance_watermark()
    assert player.serving == bad
    player.client.post("/api/v1/projects/pond/endpoints/pond/rollback", {"reason": "it looks wrong"})
    player.advance_watermark()
    assert (player.serving, champion_of(player)) == (champion, champion)
    bake_periods = player.project.bake_periods.list()
    assert [(each["version"], each["state"]) for each in bake_periods] == [(bad, "dropped")]  # the way back is not held against the bad one

    digest = player.client.model_versions.get(bad)["blob"].removeprefix("sha256:")
    blob = player.server.home / "blobs" / digest[:2] / digest[2:]
    blob.chmod(0o600)
    blob.write_bytes(b"damaged")
    player.project.models.move_alias("pond", "champion", bad)
    player.advance_watermark()
    assert "deployment.failed" in player.kinds()
    assert (player.serving, champion_of(player)) == (champion, champion)


def champion_of(player: Player) -> str:
    return str(player.project.models.get("pond")["aliases"]["champion"])


@pytest.mark.parametrize("mode", ["fails", "hangs", "dies", "empty"])
def test_a_retrain_that_goes_wrong_leaves_the_champion_serving_and_is_seen(shared_player: Player, mode: str) -> None:
    player = shared_player
    champion, failures, versions = player.serving, len(player.find("pipeline_run.failed")), len(player.find("model_version.created"))
    player.project.pipelines.start("retrain", {"mode": mode})
    player.advance_watermark()
    failed = player.find("pipeline_run.failed")
    assert (len(failed), failed[-1].payload["pipeline"]) == (failures + 1, "retrain")
    assert player.serving == champion
    assert len(player.find("model_version.created")) == versions

    player.play(1)
    assert player.replay.cursor.failed == 0
    player.project.pipelines.start("retrain")
    player.advance_watermark()
    assert len(player.find("model_version.created")) == versions + 1


def test_a_replay_that_was_killed_within_a_day_goes_on_and_nothing_is_there_twice(player: Player) -> None:
    player.play(5)
    day, moments = next((day, moments) for day, moments in player.pond.days() if day == player.replay.cursor.day)
    for moment in moments[:7]:
        player.replay.release(moment.at)
        player.replay.predict(moment)
    player.replay.close()

    again = Player(player.server, player.client, player.pond)
    assert again.replay.cursor.day == day
    for later, rest in player.pond.days():
        if later in (day, day + DAY):
            again.replay.recall([moment for earlier, each in player.pond.days() if earlier == later - DAY for moment in each])
            again.replay.play_day(later, rest)
    quality = player.client.get("/api/v1/projects/pond/endpoints/pond/quality")["items"]
    assert again.replay.cursor.predictions == 7 * 12
    assert sum(each["predictions"] for each in quality) == 7 * 12
    assert sum(each["labelled"] for each in quality) == 6 * 12  # without the garbled row, with the first hour of the last day
    again.replay.close()
