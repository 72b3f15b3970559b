"""What a first snapshot says about the rows that follow."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.core.definitions.features import DType
from meguri.datasets.digest import frame_digest
from meguri.datasets.model import Anomaly, ColumnStatistics, Schema
from meguri.datasets.statistics import infer, summarise, validate

COLUMNS: dict[str, DType] = {"at": "datetime", "cnt": "float", "temp": "float", "hr": "int", "weather": "str", "yr": "int", "row": "int"}


def first(rows: int = 400) -> pl.DataFrame:
    start = datetime(2011, 1, 1, tzinfo=UTC)
    return pl.DataFrame(
        {
            "at": [start + timedelta(hours=hour) for hour in range(rows)],
            "cnt": [float(hour * 7 % 100) for hour in range(rows)],
            "temp": [0.1 + (hour % 40) / 50 for hour in range(rows)],
            "hr": [hour % 24 for hour in range(rows)],
            "weather": [("clear", "mist", None)[hour % 3] for hour in range(rows)],
            "yr": [0] * rows,
            "row": list(range(rows)),
        },
        schema_overrides={"at": pl.Datetime("us", "UTC")},
    )


def schema_of(frame: pl.DataFrame) -> Schema:
    return infer(summarise(frame, COLUMNS), frame)


def problems(**changed: Any) -> list[tuple[str, str]]:
    fine = {"at": 0, "cnt": 5.0, "temp": 0.3, "hr": 3, "weather": "mist", "yr": 0, "row": 400}
    return [(column, kind) for column, kind, _ in schema_of(first()).problems({**fine, **changed})]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"cnt": 99.0 * 4}, []),  # demand that grows several times is drift, not corruption
        ({"cnt": 99.0 * 20}, [("cnt", "range")]),
        ({"cnt": -99.0 * 6}, [("cnt", "range")]),
        ({"temp": -1.0}, []),
        ({"temp": -99.0}, [("temp", "range")]),
        ({"temp": None}, [("temp", "missing")]),
        ({"weather": None}, []),
        ({"weather": "storm"}, []),  # unseen texts are reported, not refused: a new menu item is real
        ({"yr": 1}, []),  # a constant says nothing about a range
        ({"row": 10**9}, []),  # nor does a row number
        ({"hr": 900, "cnt": None}, [("cnt", "missing"), ("hr", "range")]),
    ],
)
def test_rows_are_held_against_the_widened_first_snapshot(changed: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert problems(**changed) == expected


def test_whole_degrees_of_a_summer_do_not_refuse_the_winter() -> None:
    summer = pl.DataFrame({"degrees": [15 + day % 21 for day in range(120)]})
    schema = infer(summarise(summer, {"degrees": "int"}), summer)
    assert [schema.problems({"degrees": degrees}) for degrees in (-20, 0, 40)] == [[], [], []]
    assert [kind for _, kind, _ in schema.problems({"degrees": 290})] == ["range"]  # Kelvin


def test_a_small_snapshot_decides_nothing_but_types() -> None:
    schema = schema_of(first(99))
    assert schema.problems({"cnt": -1e9, "temp": None, "hr": 10**9}) == []


def test_unseen_texts_missing_values_and_ranges_are_anomalies_of_a_frame() -> None:
    later = first().with_columns(
        cnt=pl.when(pl.col("row") < 3).then(-5_000.0).otherwise(pl.col("cnt")),
        temp=pl.when(pl.col("row") < 2).then(None).otherwise(pl.col("temp")),
        weather=pl.lit("storm"),
    )
    found = validate(schema_of(first()), later)
    assert [(each.column, each.kind, each.rows) for each in found] == [
        ("cnt", "range", 3),
        ("temp", "missing", 2),
        ("weather", "unseen", 400),
    ]
    assert found[2] == Anomaly("weather", "unseen", "texts that the first snapshot did not have: 'storm'", 400)
    assert validate(schema_of(first()), first()) == ()
    assert [each.message for each in validate(schema_of(first()), first().drop("hr"))] == ["the column is not there"]


def test_statistics_describe_numbers_and_texts() -> None:
    cnt, weather = (each for each in summarise(first(), COLUMNS) if each.name in ("cnt", "weather"))
    values = first()["cnt"].to_numpy()
    assert (cnt.rows, cnt.nulls, cnt.distinct, cnt.least, cnt.most) == (400, 0, 100, 0.0, 99.0)
    assert cnt.mean == pytest.approx(values.mean())
    assert cnt.deviation == pytest.approx(values.std())
    assert (len(cnt.edges), len(cnt.counts), sum(cnt.counts)) == (21, 20, 400)
    assert max(cnt.counts) - min(cnt.counts) <= 4
    assert weather == ColumnStatistics("weather", "str", 400, 133, 2, top=(("clear", 134), ("mist", 133)))


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=50))
def test_every_number_is_in_one_cell(values: list[float | None]) -> None:
    (found,) = summarise(pl.DataFrame({"x": pl.Series(values, dtype=pl.Float64)}), {"x": "float"})
    assert sum(found.counts) == len(values) - found.nulls
    assert list(found.edges) == sorted(set(found.edges))
    if found.edges:
        assert (found.edges[0], found.edges[-1]) == (found.least, found.most)


def test_equal_values_have_equal_digests_whatever_the_memory() -> None:
    frame = first()
    chunked = pl.concat([frame[:100], frame[100:]], rechunk=False)
    hidden = frame.with_columns(weather=pl.when(pl.col("weather").is_null()).then(None).otherwise(pl.col("weather")))
    assert frame_digest(frame) == frame_digest(chunked) == frame_digest(hidden) == frame_digest(frame.clone())


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.with_columns(cnt=pl.when(pl.col("row") == 7).then(pl.col("cnt") + 1e-12).otherwise(pl.col("cnt"))),
        lambda frame: frame.with_columns(weather=pl.col("weather").fill_null("")),
        lambda frame: frame.with_columns(hr=pl.col("hr").cast(pl.Float64)),
        lambda frame: frame.rename({"hr": "hour"}),
        lambda frame: frame[::-1],
        lambda frame: frame[:-1],
        lambda frame: frame.select(frame.columns[::-1]),
    ],
)
def test_any_other_value_name_type_or_order_is_another_digest(change: Any) -> None:
    assert frame_digest(change(first())) != frame_digest(first())


@given(st.lists(st.text(max_size=3), min_size=2, max_size=5), st.lists(st.text(max_size=3), min_size=2, max_size=5))
def test_texts_that_join_alike_have_other_digests(left: list[str], right: list[str]) -> None:
    same = frame_digest(pl.DataFrame({"s": left})) == frame_digest(pl.DataFrame({"s": right}))
    assert same == (left == right)


def test_a_column_without_numbers_has_plain_statistics() -> None:
    (found,) = summarise(pl.DataFrame({"x": pl.Series([None, None], dtype=pl.Float64)}), {"x": "float"})
    assert found == ColumnStatistics("x", "float", 2, 2, 0)
    assert not math.isnan(float(np.sum(found.counts)))
