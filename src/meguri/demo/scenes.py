"""What `meguri demo` replays: the bento shop of a simulator, or real bike rentals from a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Protocol

from meguri.core.errors import Invalid
from meguri.core.json import JsonObject
from meguri.core.times import iso

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing to predict: `request` is what is known a day ahead, `row` what the source reports a day later, with the label."""

    id: str
    at: datetime
    entity: str
    request: Mapping[str, int | float]
    row: JsonObject
    label: float


class Scene(Protocol):
    """A project folder's name, the rows before the stream, and the stream, a day at a time."""

    name: str
    source: str
    entity: str
    model: str
    metric: str
    start: datetime
    end: datetime

    def history(self) -> Iterable[JsonObject]:
        """Rows before `start`, in order of time."""
        ...

    def days(self) -> Iterator[tuple[datetime, list[Moment]]]:
        """Every day of the stream, from `start` up to `end` (midnights, UTC), with its moments in order of time."""
        ...

    def results(self, errors: Mapping[date, DayError], detected: Iterable[datetime]) -> JsonObject:
        """The figures of this scene: `errors` of the loop by event day, `detected` the event times of alarms."""
        ...


@dataclass(frozen=True, slots=True)
class DayError:
    """Of the labelled predictions of one event day: how many, the sum of |error| and the sum of the labels."""

    rows: int
    absolute: float
    labels: float


class Bikes:
    """Bike rentals of Washington, D.C., hour by hour. `path`: `hour.csv` of UCI data set 275."""

    name, source, entity, model, metric = "bikes", "rentals", "city", "bikes", "mae"
    start = datetime(2011, 5, 1, tzinfo=UTC)
    scored_until = datetime(2012, 12, 1, tzinfo=UTC)
    """Errors are compared from May 2011 to November 2012: December's holidays were never seen in training."""

    whole = ("mnth", "hr", "holiday", "weekday", "workingday", "weathersit")
    real = ("temp", "atemp", "hum", "windspeed")
    city = "washington"

    def __init__(self, path: Path, *, start: datetime | None = None, end: datetime | None = None) -> None:
        self.start = start or self.start
        self._rows = [row for row in self._read(path) if end is None or row["at"] < end]
        if not self._rows or self._rows[0]["at"] >= self.start or self._rows[-1]["at"] < self.start:
            raise Invalid(
                str(path), f"has no rows on both sides of {iso(self.start)}: the replay trains on those before and plays those after"
            )
        self.end = _midnight(self._rows[-1]["at"]) + DAY

    def _read(self, path: Path) -> list[JsonObject]:
        try:
            with path.open(newline="", encoding="utf-8") as stream:
                reader = csv.DictReader(stream)
                missing = [name for name in ("dteday", *self.whole, *self.real, "cnt") if name not in (reader.fieldnames or ())]
                if missing:
                    raise Invalid(str(path), f"has no column {', '.join(missing)}: give hour.csv of the UCI bike sharing data (set 275)")
                return [self._row(path, number, row) for number, row in enumerate(reader, 2)]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise Invalid(str(path), f"cannot be read ({error}): give the path of hour.csv") from error

    def _row(self, path: Path, number: int, row: Mapping[str, str]) -> JsonObject:
        try:
            at = datetime.fromisoformat(row["dteday"]).replace(tzinfo=UTC) + timedelta(hours=int(row["hr"]))
            whole = {name: int(row[name]) for name in self.whole}
            return {"at": at, **whole, **{name: float(row[name]) for name in self.real}, "cnt": float(row["cnt"])}
        except (ValueError, TypeError, KeyError) as error:
            raise Invalid(f"{path}, line {number}", f"{error}: correct the line") from error

    def history(self) -> Iterator[JsonObject]:
        return (self._pushed(row) for row in self._rows if row["at"] < self.start)

    def days(self) -> Iterator[tuple[datetime, list[Moment]]]:
        stream = (row for row in self._rows if row["at"] >= self.start)
        found = {day: list(rows) for day, rows in groupby(stream, key=lambda row: _midnight(row["at"]))}
        for day in _days(self.start, self.end):
            yield day, [self._moment(row) for row in found.get(day, ())]

    def _moment(self, row: JsonObject) -> Moment:
        request = {name: row[name] for name in (*self.whole, *self.real)}
        return Moment(f"bikes-{row['at']:%Y-%m-%dT%H}", row["at"], self.city, request, self._pushed(row), row["cnt"])

    def _pushed(self, row: JsonObject) -> JsonObject:
        return {**row, "at": iso(row["at"]), "city": self.city}

    def results(self, errors: Mapping[date, DayError], detected: Iterable[datetime]) -> JsonObject:
        scored = [each for day, each in errors.items() if day < self.scored_until.date()]
        rows = sum(each.rows for each in scored)
        return {"mae_loop": round(sum(each.absolute for each in scored) / rows, 2) if rows else None}


class Bento:
    """The simulated shop. `change=False` is a control: the same world without the change."""

    name, source, entity, model, metric = "bento", "sales", "dish", "bento", "wape"

    def __init__(self, seed: int, *, change: bool = True) -> None:
        from meguri.demo import world  # NumPy

        self._world = world.World(seed, change=change)
        first = world.STREAM_DAY
        self.start = datetime(first.year, first.month, first.day, tzinfo=UTC)
        self.end = self.start + timedelta(days=world.STREAM_DAYS)
        self._pretended = first + timedelta(days=70)

    def history(self) -> Iterator[JsonObject]:
        return (sale.row() for sale in self._world.history())

    def days(self) -> Iterator[tuple[datetime, list[Moment]]]:
        for day, sales in zip(_days(self.start, self.end), self._world.days(), strict=True):
            yield (
                day,
                [
                    Moment(
                        f"bento-{sale.at:%Y-%m-%dT%H}-{sale.dish}",
                        sale.at,
                        sale.dish,
                        {
                            "takeaway": sale.takeaway,
                            "hour": sale.hour,
                            "weekday": sale.weekday,
                            "holiday": sale.holiday,
                            "temperature": sale.temperature,
                            "rain": sale.rain,
                        },
                        sale.row(),
                        float(sale.sold),
                    )
                    for sale in sales
                ],
            )

    def results(self, errors: Mapping[date, DayError], detected: Iterable[datetime]) -> JsonObject:
        """In a control, the days around a pretended change are compared."""
        true = self._world.truth.day
        day = true or self._pretended
        alarms = sorted(at.date() for at in detected)
        found = next((at for at in alarms if true is not None and at > true), None)
        return {
            "true_day": None if true is None else true.isoformat(),
            "detected_day": None if found is None else found.isoformat(),
            "false_alarms": sum(true is None or at <= true for at in alarms),
            "wape_before": _wape(errors, day - timedelta(days=28), day),
            "wape_after": _wape(errors, day + timedelta(days=21), day + timedelta(days=28)),
        }


def _wape(errors: Mapping[date, DayError], first: date, until: date) -> float | None:
    chosen = [each for day, each in errors.items() if first <= day < until]
    labels = sum(each.labels for each in chosen)
    return round(sum(each.absolute for each in chosen) / labels, 4) if labels else None


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _days(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += DAY
