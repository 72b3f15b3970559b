"""The stream that the kiosk project learns: 24 rows a day for 25 days, made here, so that it needs no data."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from meguri.core.json import JsonObject
from meguri.core.times import iso
from meguri.demo.scenes import DAY, DayError, Moment

PROJECT = Path(__file__).parent / "kiosk"
DISHES = {"curry": 10.0, "soba": 14.0, "katsudon": 18.0}
HOURS = range(10, 18)
BEFORE_DAYS = 24
DAYS = 25
CHANGE_DAY = 9
GARBLED = timedelta(days=3, hours=12)


class Kiosk:
    """The busy hours move from noon to the evening on one day; on another, one row of the till cannot be read."""

    name, source, entity, model, metric = "kiosk", "sales", "dish", "kiosk", "mae"
    start = datetime(2024, 3, 1, tzinfo=UTC)

    def __init__(self, days: int = DAYS) -> None:
        self.end = self.start + days * DAY
        noise = random.Random(5)
        first = self.start - BEFORE_DAYS * DAY
        self._moments = [
            self._moment(first + timedelta(days=day, hours=hour), dish, noise.gauss(0, 0.4))
            for day in range(BEFORE_DAYS + days)
            for hour in HOURS
            for dish in DISHES
        ]

    def _moment(self, at: datetime, dish: str, noise: float) -> Moment:
        level = DISHES[dish]
        rush = level * math.cos(2 * math.pi * (at.hour - 12) / 8)
        sold = round(level + (0.5 if at < self.start + CHANGE_DAY * DAY else -0.5) * rush + noise, 3)
        is_garbled = at == self.start + GARBLED and dish == "soba"
        row: JsonObject = {"at": iso(at), "dish": dish, "rush": rush, "sold": "##" if is_garbled else sold}
        return Moment(f"kiosk/{iso(at)}/{dish}", at, dish, {"rush": rush}, row, sold)

    def history(self) -> Iterable[JsonObject]:
        return (each.row for each in self._moments if each.at < self.start)

    def days(self) -> Iterator[tuple[datetime, list[Moment]]]:
        day = self.start
        while day < self.end:
            yield day, [each for each in self._moments if day <= each.at < day + DAY]
            day += DAY

    def results(self, errors: Mapping[date, DayError], detected: Iterable[datetime]) -> JsonObject:
        return {}
