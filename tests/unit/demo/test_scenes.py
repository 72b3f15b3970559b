from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from meguri.core.errors import Invalid
from meguri.demo.scenes import Bento, Bikes, DayError

HEAD = "instant,dteday,season,yr,mnth,hr,holiday,weekday,workingday,weathersit,temp,atemp,hum,windspeed,casual,registered,cnt"


def _csv(folder: Path, *rows: str, head: str = HEAD) -> Path:
    file = folder / "hour.csv"
    file.write_text("\n".join([head, *rows]) + "\n")
    return file


def _row(day: str, hour: int, count: int) -> str:
    return f"1,{day},1,0,{int(day[5:7])},{hour},0,6,0,1,0.24,0.2879,0.81,0.1,3,13,{count}"


def test_bikes_play_the_rows_from_the_first_of_may(tmp_path: Path) -> None:
    bikes = Bikes(_csv(tmp_path, _row("2011-04-30", 23, 5), _row("2011-05-01", 0, 7), _row("2011-05-02", 5, 9)))
    assert [row["at"] for row in bikes.history()] == ["2011-04-30T23:00:00Z"]
    played = [(day, [moment.id for moment in moments]) for day, moments in bikes.days()]
    assert played == [
        (datetime(2011, 5, 1, tzinfo=UTC), ["bikes-2011-05-01T00"]),
        (datetime(2011, 5, 2, tzinfo=UTC), ["bikes-2011-05-02T05"]),
    ]


def test_a_request_holds_what_is_known_a_day_ahead_and_not_the_count(tmp_path: Path) -> None:
    bikes = Bikes(_csv(tmp_path, _row("2011-04-30", 23, 5), _row("2011-05-01", 0, 7)))
    moment = next(bikes.days())[1][0]
    assert set(moment.request) == {"mnth", "hr", "holiday", "weekday", "workingday", "weathersit", "temp", "atemp", "hum", "windspeed"}
    assert (moment.label, moment.row["cnt"], moment.row["city"]) == (7.0, 7.0, "washington")


@pytest.mark.parametrize(
    ("rows", "head", "why"),
    [
        ([_row("2011-05-01", 0, 7)], HEAD, "has no rows on both sides"),
        ([], HEAD.replace("windspeed,", ""), "has no column windspeed"),
        (["x,2011-13-01," + "0," * 14 + "1"], HEAD, "line 2"),
    ],
)
def test_a_file_that_cannot_be_played_is_refused_with_the_reason(tmp_path: Path, rows: list[str], head: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        Bikes(_csv(tmp_path, *rows, head=head))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"nowhere\.csv: cannot be read"):
        Bikes(tmp_path / "nowhere.csv")


def test_a_bento_day_has_every_dish_in_every_hour() -> None:
    _day, moments = next(Bento(1).days())
    assert len({moment.id for moment in moments}) == len(moments) == 80
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)


def test_alarms_up_to_the_day_of_the_change_are_false_and_the_first_later_one_is_its_detection() -> None:
    bento = Bento(1)
    day = bento._world.truth.day
    assert day is not None
    errors = {day + timedelta(days=n): DayError(10, 2.0 if n < 0 else 3.0, 10.0) for n in range(-40, 30)}
    alarms = [datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=n) for n in (-9, 0, 4, 8)]
    assert bento.results(errors, alarms) == {
        "true_day": day.isoformat(),
        "detected_day": (day + timedelta(days=4)).isoformat(),
        "false_alarms": 2,
        "wape_before": 0.2,
        "wape_after": 0.3,
    }


def test_every_alarm_of_a_control_is_false() -> None:
    found = Bento(1, change=False).results({}, [datetime(2020, 2, 1, tzinfo=UTC)])
    assert (found["true_day"], found["detected_day"], found["false_alarms"]) == (None, None, 1)


def test_the_error_of_bikes_is_that_of_the_scored_months(tmp_path: Path) -> None:
    bikes = Bikes(_csv(tmp_path, _row("2011-04-30", 23, 5), _row("2011-05-01", 0, 7)))
    errors = {date(2012, 11, 30): DayError(2, 10.0, 99.0), date(2012, 12, 1): DayError(1, 1_000.0, 1.0)}
    assert bikes.results(errors, []) == {"mae_loop": 5.0}
