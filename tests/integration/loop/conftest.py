"""A small world for whole loops: twelve rows a day, thirty days before the stream, the load doubles on its thirteenth day."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from meguri.core.json import JsonObject
from meguri.core.times import iso
from meguri.demo.project import apply
from meguri.demo.replay import LoopEvent, Replay
from meguri.demo.scenes import DAY, DayError, Moment
from meguri.sdk.client import Client, connect
from meguri.testing.server import RunningServer, running_server

PROJECT = Path(__file__).parent / "pond"
START = datetime(2024, 3, 1, tzinfo=UTC)


class Pond:
    """The load of one site. `change`: day of the stream on which it doubles; on day 3 at noon a row is garbled."""

    name, source, entity, model, metric = "pond", "readings", "site", "pond", "mae"
    start = START

    def __init__(self, days: int = 26, change: int = 12) -> None:
        self.change = START + change * DAY
        self.end = START + days * DAY
        source = random.Random(7)
        hours = [START - 30 * DAY + timedelta(hours=2 * n) for n in range((days + 30) * 12)]
        self._load = {at: self._level(at) * (1 + source.gauss(0, 0.05)) for at in hours}

    def _level(self, at: datetime) -> float:
        noon, evening = self._request(at).values()
        return (10 + 4 * noon + 3 * evening) * (2 if at >= self.change else 1)

    def _request(self, at: datetime) -> dict[str, float]:
        turn = 2 * math.pi * at.hour / 24
        return {"noon": -math.cos(turn), "evening": -math.sin(turn)}

    def _row(self, at: datetime) -> JsonObject:
        load: object = "##" if at == START + timedelta(days=3, hours=12) else self._load[at]
        return {"at": iso(at), "site": "north", **self._request(at), "load": load}

    def history(self) -> Iterable[JsonObject]:
        return (self._row(at) for at in self._load if at < self.start)

    def days(self) -> Iterator[tuple[datetime, list[Moment]]]:
        day = self.start
        while day < self.end:
            hours = [at for at in self._load if day <= at < day + DAY]
            yield day, [Moment(f"pond-{iso(at)}", at, "north", self._request(at), self._row(at), self._load[at]) for at in hours]
            day += DAY

    def results(self, errors: Mapping[date, DayError], detected: Iterable[datetime]) -> JsonObject:
        return {"alarms": [iso(at) for at in detected]}


class Player:
    """Plays a pond against a server, a day at a time if asked, and remembers what it was told."""

    def __init__(self, server: RunningServer, client: Client, pond: Pond) -> None:
        self.server, self.client, self.pond = server, client, pond
        self.project = client.project("pond")
        self.told: list[LoopEvent] = []
        self.replay = Replay(
            client, pond, server.home / "replay.json", token=server.token, notify=self.told.append, progress=lambda _cursor: None
        )

    def play(self, days: int) -> None:
        """The next days of the stream."""
        played = [(day, moments) for day, moments in self.pond.days() if day >= self.replay.cursor.day][:days]
        for day, moments in played:
            self.replay.play_day(day, moments)

    def advance_watermark(self) -> None:
        self.replay.advance_watermark(self.replay.cursor.day)

    def kinds(self) -> list[str]:
        return [event.kind for event in self.told]

    def find(self, kind: str) -> list[LoopEvent]:
        return [event for event in self.told if event.kind == kind]

    @property
    def serving(self) -> str:
        return str(self.project.endpoints.get("pond")["version"])


@contextmanager
def playing(server: RunningServer, pond: Pond) -> Iterator[Player]:
    """A player on a server to which the project was applied, with its first model in service."""
    with connect(url=server.url, token=server.token) as client:
        apply(client, PROJECT)
        player = Player(server, client, pond)
        try:
            player.replay.prepare()
            yield player
        finally:
            player.replay.close()


@pytest.fixture
def player(server: RunningServer) -> Iterator[Player]:
    """The pond with its first model in service, on a server of its own."""
    with playing(server, Pond()) as made:
        yield made


@pytest.fixture(scope="module")
def shared_player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    """As `player`, for tests that leave a champion in service and compare with what was there before."""
    with running_server(tmp_path_factory.mktemp("shared") / "home") as server, playing(server, Pond()) as made:
        yield made
