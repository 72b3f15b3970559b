"""Profiles add up, and travel as JSON."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.core.errors import Invalid
from meguri.profiles.profile import DayProfiles, Profile
from meguri.profiles.reference import DAY, Reference

ROWS = 400
HOURS = np.arange(ROWS) % 24
REFERENCE = Reference.from_columns(
    {"hr": HOURS, "temp": np.sin(np.arange(ROWS)), "city": ["dc", "ny"] * (ROWS // 2)},
    prediction=np.sqrt(np.arange(ROWS)),
    at=np.arange(ROWS) * 3_600_000_000,
)
ROW = st.tuples(
    st.integers(-30, 30) | st.none(),
    st.floats(width=32) | st.none(),
    st.sampled_from(["dc", "ny", "la"]) | st.none(),
    st.floats(-10, 30),
    st.integers(0, 5 * DAY),
)


def columns(rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(["hr", "temp", "city", "prediction"])}


@given(st.lists(st.lists(ROW, max_size=20), max_size=5))
def test_merged_profile_is_the_profile_of_the_union(batches: list[list[tuple[Any, ...]]]) -> None:
    merged = Profile(REFERENCE)
    for batch in batches:
        part = Profile(REFERENCE)
        part.add(columns(batch))
        merged.merge(Profile.from_json(REFERENCE, msgspec.json.decode(msgspec.json.encode(part.to_json()))))
    union = Profile(REFERENCE)
    union.add(columns([row for batch in batches for row in batch]))
    assert merged.to_json() == union.to_json()
    assert {int(counts.sum()) for counts in union.counts.values()} == {union.rows}


@given(st.lists(ROW, max_size=30))
def test_day_profiles_add_up_to_the_whole(rows: list[tuple[Any, ...]]) -> None:
    days, whole = DayProfiles(REFERENCE), Profile(REFERENCE)
    days.add([row[4] for row in rows], columns(rows))
    whole.add(columns(rows))
    total = Profile(REFERENCE)
    for profile in DayProfiles.from_json(REFERENCE, days.to_json()).days.values():
        total.merge(profile)
    assert total.to_json() == whole.to_json()


def test_reference_comes_back_from_json() -> None:
    assert Reference.from_json(msgspec.json.decode(msgspec.json.encode(REFERENCE.to_json()))) == REFERENCE


def test_reference_counts_are_the_profile_of_its_own_rows() -> None:
    profile = Profile(REFERENCE)
    profile.add({"hr": HOURS, "temp": np.sin(np.arange(ROWS)), "city": ["dc", "ny"] * (ROWS // 2), "prediction": np.sqrt(np.arange(ROWS))})
    assert profile.flat.tolist() == REFERENCE.flat.tolist()


def test_blocks_are_the_days_of_the_reference() -> None:
    assert REFERENCE.blocks is not None
    assert REFERENCE.blocks.days == tuple(range(17))
    assert REFERENCE.blocks.table().sum(axis=0).tolist() == REFERENCE.flat.tolist()
    assert REFERENCE.blocks.table()[0, :24].tolist() == [1] * 24


def test_blocks_do_not_change_the_digest() -> None:
    assert REFERENCE.without_blocks().digest == REFERENCE.digest


def test_predictions_may_come_from_other_rows() -> None:
    made = Reference.from_columns({"x": np.arange(4.0)}, prediction=[1.5, 2.5], at=[0, 1, DAY, DAY + 1], prediction_at=[2 * DAY, 2 * DAY])
    assert made.blocks is not None
    assert made.blocks.days == (0, 1, 2)
    assert [sum(made.blocks.table()[:, place].sum(axis=1).tolist()) for place in made.places.values()] == [4, 2]


def test_unknown_columns_are_left_out() -> None:
    profile = Profile(REFERENCE)
    profile.add({"colour": ["red"], "hr": [3]})
    assert profile.rows == 1
    assert int(profile.flat.sum()) == 1


def test_uneven_columns_are_refused_and_not_counted() -> None:
    profile = Profile(REFERENCE)
    with pytest.raises(Invalid, match="columns"):
        profile.add({"hr": [1, 2], "temp": [0.5]})
    assert profile.flat.sum() == 0


def test_profiles_of_two_references_do_not_add_up() -> None:
    other = Reference.from_columns({"hr": [1, 2, 3]})
    with pytest.raises(Invalid, match="another reference"):
        Profile(REFERENCE).merge(Profile(other))
    with pytest.raises(Invalid, match="counted over reference"):
        Profile.from_json(REFERENCE, Profile(other).to_json())


def test_column_named_prediction_is_refused() -> None:
    with pytest.raises(Invalid, match="rename"):
        Reference.from_columns({"prediction": [1.0]})


def test_event_times_must_match_the_rows() -> None:
    with pytest.raises(Invalid, match="one event time a row"):
        Reference.from_columns({"x": [1.0, 2.0]}, at=[1])
