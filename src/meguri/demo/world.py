"""A simulated bento shop: the world of `meguri demo`, and the ground truth that the platform has to find out.

Nothing but the demo and the benchmark of it may import this module (a test holds that): what changes and when is known here only.

Eight dishes, five of them for taking away, sold from 10 to 19 o'clock. Demand of a dish in an hour is a negative binomial count around

    level x trend x hour of the day x weekday x season x weather x mood of the day [x takeaway jump]

where weather and mood are autocorrelated. On the day of the change people begin to work from home, and every takeaway dish sells 1.6
to 2 times as much from that morning on. One hour of the stream arrives garbled from the till.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

FIRST_DAY = date(2018, 12, 17)
STREAM_DAY = date(2020, 1, 13)
STREAM_DAYS = 106
OPEN_HOURS = range(10, 20)
NEW_YEAR = {(12, 31), (1, 1), (1, 2), (1, 3)}
HOLIDAYS = {
    (1, 14),
    (2, 11),
    (2, 24),
    (3, 20),
    (4, 29),
    (5, 3),
    (5, 4),
    (5, 5),
    (7, 15),
    (8, 11),
    (9, 16),
    (9, 23),
    (10, 14),
    (11, 4),
    (11, 23),
}
DISPERSION = 50.0
"""Variance of a count is mean + mean² / dispersion."""


@dataclass(frozen=True, slots=True)
class Dish:
    """`level`: mean sold in an hour; `warmth`: how sales answer to 10 degrees more; `rain`: share lost in full rain."""

    name: str
    takeaway: bool
    level: float
    warmth: float
    rain: float
    weekend: float


MENU = (
    Dish("karaage-bento", True, 21.0, -0.02, 0.10, 0.70),
    Dish("makunouchi", True, 16.0, 0.00, 0.10, 0.60),
    Dish("salmon-bento", True, 14.0, -0.03, 0.08, 0.65),
    Dish("nori-bento", True, 18.0, 0.00, 0.10, 0.60),
    Dish("onigiri-set", True, 24.0, 0.03, 0.12, 0.75),
    Dish("katsudon", False, 15.0, -0.06, 0.20, 1.10),
    Dish("curry", False, 20.0, -0.04, 0.18, 1.15),
    Dish("cold-soba", False, 14.0, 0.16, 0.22, 1.10),
)
HOURS = np.array([0.45, 1.15, 2.00, 1.45, 0.70, 0.45, 0.55, 1.05, 1.40, 0.80])
WEEKDAYS = np.array([0.97, 1.00, 1.02, 1.02, 1.08, 0.95, 0.90])


@dataclass(frozen=True, slots=True)
class Sale:
    """One dish in one hour: what is known a day ahead, and how many were sold."""

    at: datetime
    dish: str
    takeaway: int
    hour: int
    weekday: int
    holiday: int
    temperature: float
    rain: float
    sold: int
    garbled: bool = False

    def row(self) -> dict[str, object]:
        """What the till reports, as it is pushed. A garbled hour has its columns mixed up."""
        row: dict[str, object] = {
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "dish": self.dish,
            "takeaway": self.takeaway,
            "hour": self.hour,
            "weekday": self.weekday,
            "holiday": self.holiday,
            "temperature": self.temperature,
            "rain": self.rain,
            "sold": float(self.sold),
        }
        if not self.garbled:
            return row
        return {**row, "temperature": 65_535.0, "rain": f"{self.rain}mm", "sold": -1.0, "weekday": self.hour * 100}


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """What only the world knows. `day`: the first day of the change, None in a control; `factor`: by how much takeaway grew."""

    day: date | None
    factor: float
    garbled_hour: datetime


class World:
    """A year and a month of history, then a stream of 106 days; the same seed is the same world, hour by hour.

    The change comes 63 to 76 days into the stream; a control (`change=False`) has the same weather, moods and noise without it.
    """

    def __init__(self, seed: int, *, change: bool = True) -> None:
        weather, mood, noise, secret = (np.random.default_rng([seed, part]) for part in range(4))
        day = STREAM_DAY + timedelta(days=int(secret.integers(63, 77)))
        factor = float(np.round(secret.uniform(1.6, 2.0), 2))
        garbled = STREAM_DAY + timedelta(days=int(secret.integers(14, 43)))
        hour = int(secret.integers(OPEN_HOURS.start, OPEN_HOURS.stop))
        self.truth = GroundTruth(
            day if change else None, factor if change else 1.0, datetime(garbled.year, garbled.month, garbled.day, hour, tzinfo=UTC)
        )
        self._days = [FIRST_DAY + timedelta(days=n) for n in range((STREAM_DAY - FIRST_DAY).days + STREAM_DAYS)]
        self._temperature, self._rain = _weather(self._days, weather)
        self._mood = np.exp(_autocorrelated(len(self._days), 0.5, 0.05, mood))
        self._trend = float(mood.uniform(0.00, 0.06))
        self._noise = noise.integers(2**63, size=len(self._days))

    def history(self) -> list[Sale]:
        """Every sale before the stream begins, in order of time."""
        return [sale for n, day in enumerate(self._days) if day < STREAM_DAY for sale in self._sales(n)]

    def days(self) -> Iterator[list[Sale]]:
        """The stream, a day at a time (a closed day is an empty list)."""
        for n, day in enumerate(self._days):
            if day >= STREAM_DAY:
                yield self._sales(n)

    def _sales(self, n: int) -> list[Sale]:
        day = self._days[n]
        if (day.month, day.day) in NEW_YEAR:
            return []
        noise = np.random.default_rng(int(self._noise[n]))
        holiday = (day.month, day.day) in HOLIDAYS
        free = holiday or day.weekday() >= 5
        shop = (1 + self._trend * n / 365) * self._mood[n] * (1.0 if holiday else WEEKDAYS[day.weekday()])
        jump = self.truth.factor if self.truth.day is not None and day >= self.truth.day else 1.0
        sales = []
        for place, hour in enumerate(OPEN_HOURS):
            at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
            temperature = round(float(self._temperature[n] + 3.0 * np.sin((hour - 9) / 24 * 2 * np.pi)), 1)
            rain = round(float(self._rain[n]), 1)
            for dish in MENU:
                mean = dish.level * shop * HOURS[place] * (dish.weekend if free else 1.0)
                mean *= np.exp(dish.warmth * (temperature - 16) / 10) * (1 - dish.rain * min(rain / 10, 1.0))
                mean *= jump if dish.takeaway else 1.0
                sold = int(noise.negative_binomial(DISPERSION, DISPERSION / (DISPERSION + mean)))
                garbled = at == self.truth.garbled_hour
                sales.append(Sale(at, dish.name, int(dish.takeaway), hour, day.weekday(), int(holiday), temperature, rain, sold, garbled))
        return sales


def _weather(days: list[date], source: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean temperature (degrees) and rain (mm in an hour) of each day: a yearly wave with autocorrelated weather on it."""
    turn = np.array([day.timetuple().tm_yday for day in days]) / 365.25 * 2 * np.pi
    temperature = 15.5 - 10.5 * np.cos(turn - 0.45) + _autocorrelated(len(days), 0.7, 2.2, source)
    wet = _autocorrelated(len(days), 0.45, 1.0, source)
    amount = source.gamma(1.5, 3.0, len(days))
    return temperature, np.where(wet > 0.65, amount, 0.0)


def _autocorrelated(length: int, memory: float, spread: float, source: np.random.Generator) -> NDArray[np.float64]:
    """A stationary first-order series with standard deviation `spread`."""
    steps = source.normal(0.0, spread * np.sqrt(1 - memory**2), length)
    values = np.empty(length)
    values[0] = source.normal(0.0, spread)
    for n in range(1, length):
        values[n] = memory * values[n - 1] + steps[n]
    return values
