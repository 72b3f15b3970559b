from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.core.errors import Invalid
from meguri.core.points import STEP_LIMIT, Point, WirePoint, ensure_metric_key, from_wire, to_wire, value_from_wire, wire_value
from meguri.core.times import from_micros

points = st.builds(
    Point,
    st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20),
    st.integers(-STEP_LIMIT, STEP_LIMIT),
    st.floats(),
    st.integers(0, 250_000_000_000_000_000).map(from_micros),
)


@given(st.lists(points, max_size=5))
def test_points_survive_json(made: list[Point]) -> None:
    sent = msgspec.json.decode(msgspec.json.encode(to_wire(made)), type=list[WirePoint])
    assert repr(from_wire(sent)) == repr(made)


@pytest.mark.parametrize("value", [math.inf, -math.inf, 0.0, -1.5])
def test_value_survives_the_wire(value: float) -> None:
    assert value_from_wire(wire_value(value)) == value
    assert math.isnan(value_from_wire(wire_value(math.nan)))


@pytest.mark.parametrize("key", ["", "x" * 251, "a\nb", "a\0", "\ud800", None, 3])
def test_text_that_cannot_name_a_metric_is_refused(key: object) -> None:
    with pytest.raises(Invalid):
        ensure_metric_key(key)


def test_key_of_250_odd_characters_is_taken() -> None:
    key = "損失/loss [%] \"q\" 'q' ;--" + "é" * 226
    assert ensure_metric_key(key[:250]) == key[:250]


@pytest.mark.parametrize("point", [("", 1, 1.0, 0), ("a", 2**53 + 1, 1.0, 0), ("a", 1, "nan", 0), ("a", 1, 1.0, -1), ("a", 1, 1.0, 2**62)])
def test_point_that_cannot_be_taken_is_refused(point: WirePoint) -> None:
    with pytest.raises(Invalid):
        from_wire([("ok", 1, 1.0, 0), point])
