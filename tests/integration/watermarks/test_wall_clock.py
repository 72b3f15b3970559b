"""A project on the wall clock: nobody advances its watermark, and it decides as one on event time does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from meguri.core.times import iso
from meguri.demo.project import apply
from meguri.demo.replay import LoopEvent, Replay
from meguri.demo.scenes import DAY
from meguri.sdk.client import Client, connect
from meguri.testing.ledger import SettableClock
from meguri.testing.server import running_server
from tests.integration.loop.conftest import PROJECT, START, Pond
from tests.integration.loop.history import decisions_of
from tests.integration.watermarks.clocked import clocked_server

SCHEDULE = '\nmg.Trigger("regular", every="10d", policy=policy)\n'
BAD_AFTER_DAYS = 4  # its bake period ends before the first scheduled training


@dataclass
class Played:
    """What happened while the pond was played. `bad`: the version that was promoted by hand although the gate had rejected it."""

    client: Client
    told: list[LoopEvent] = field(default_factory=list)
    bad: str = ""

    def find(self, kind: str, **payload: Any) -> list[LoopEvent]:
        return [event for event in self.told if event.kind == kind and payload.items() <= event.payload.items()]

    def play(self, replay: Replay) -> None:
        """Play to the end. After four days a bad version is promoted by hand; on the thirteenth day the load doubles."""
        replay.prepare()
        for day, moments in list(replay.scene.days())[:BAD_AFTER_DAYS]:
            replay.play_day(day, moments)
        self.client.project("pond").pipelines.start("retrain", {"scale": 3.0})
        replay.advance_watermark(replay.cursor.day)
        (rejected,) = self.find("promotion.rejected")
        self.bad = str(rejected.payload["challenger"])
        self.client.project("pond").models.move_alias("pond", "champion", self.bad)
        replay.advance_watermark(replay.cursor.day)
        replay.run()
        replay.close()


class LiveReplay(Replay):
    """Lets the server's clock pass where another replay advances the watermark."""

    clock: SettableClock

    def advance_watermark(self, until: datetime) -> None:
        self.finish_labels()
        self.clock.set(until)
        while not self.client.get(f"/api/v1/projects/{self.scene.name}/watermark", until=iso(until), wait=30)["reached"]:
            pass
        self.report_events()


def project_on(clock: str, folder: Path) -> Path:
    """The project of the pond on a clock, with a schedule of ten days."""
    source = (PROJECT / "loop.py").read_text()
    assert 'clock="event"' in source
    folder.mkdir()
    (folder / "loop.py").write_text(source.replace('clock="event"', f'clock="{clock}"') + SCHEDULE)
    return folder


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The pond on the wall clock, played to its end."""
    folder, clock = tmp_path_factory.mktemp("wall"), SettableClock(START)
    with clocked_server(folder / "home", clock) as server, connect(url=server.url, token=server.token) as client:
        apply(client, project_on("wall", folder / "pond"))
        played = Played(client)
        replay = LiveReplay(
            client, Pond(), folder / "replay.json", token=server.token, notify=played.told.append, progress=lambda _cursor: None
        )
        replay.clock = clock
        played.play(replay)
        yield played


def test_the_watermark_follows_the_clock_without_being_asked(live: Played) -> None:
    advanced = [(event.payload["from"], event.payload["to"]) for event in live.find("watermark.advanced")]
    days = [iso(START + number * DAY) for number in range(len(advanced))]
    assert advanced == list(zip([None, *days], days, strict=False))
    assert len(advanced) == 26 + 4  # the first, 26 days, and three after the end


def test_a_schedule_fires_ten_days_after_the_last_run_of_its_policy(live: Played) -> None:
    fired = [(event.payload["trigger"], event.at) for event in live.find("trigger.fired") if event.at is not None]
    assert fired[0] == ("regular", START + 10 * DAY)
    for (_, before), (trigger, at) in pairwise(fired):
        assert at - before == 10 * DAY if trigger == "regular" else at - before >= 3 * DAY


def test_a_monitor_breaches_its_trigger_retrains_and_the_alert_is_resolved(live: Played) -> None:
    breaches = [event for event in live.find("monitor.breached", monitor="pond-quality") if event.at and event.at > START + 12 * DAY]
    (fired, *_) = [event for event in live.find("trigger.fired", trigger="lost-accuracy") if event.sequence > breaches[0].sequence]
    (created, *_) = [event for event in live.find("model_version.created") if event.sequence > fired.sequence]
    (deployed, *_) = live.find("deployment.live", version=created.subject)
    assert created.at == deployed.at == fired.at
    assert [event for event in live.find("alert.resolved") if event.sequence > deployed.sequence] != []


def test_a_bad_version_fails_its_bake_period_and_is_rolled_back(live: Played) -> None:
    (deployed,) = live.find("deployment.live", version=live.bad)
    (failed,) = live.find("bake.failed", version=live.bad)
    (rolled_back,) = live.find("deployment.rolled_back", version=live.bad)
    assert deployed.at == START + BAD_AFTER_DAYS * DAY
    assert failed.at is not None and failed.at - deployed.at >= timedelta(days=2)  # bake="2d", and then its labels
    assert (rolled_back.at, rolled_back.payload["to"]) == (failed.at, failed.payload["former"])
    assert [event.payload["version"] for event in live.find("bake.passed")] != []


def test_no_request_failed_and_every_label_was_joined(live: Played) -> None:
    coverage = live.client.get("/api/v1/projects/pond/endpoints/pond/quality")["coverage"]
    assert (coverage["predictions"], coverage["labelled"], coverage["pending"]) == (26 * 12, 26 * 12 - 1, 0)


def test_the_same_stream_on_event_time_leads_to_the_same_decisions(live: Played, tmp_path: Path) -> None:
    with running_server(tmp_path / "home") as server, connect(url=server.url, token=server.token) as client:
        apply(client, project_on("event", tmp_path / "pond"))
        played = Played(client)
        replay = Replay(
            client, Pond(), tmp_path / "replay.json", token=server.token, notify=played.told.append, progress=lambda _cursor: None
        )
        played.play(replay)
    differs = ("digest",)  # of a snapshot, which holds when its rows arrived
    assert decisions_of(played.told, differs) == decisions_of(live.told, differs)
