"""Values, identities and the packed form of events."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.core.definitions.features import DType, SourceDefinition
from meguri.core.errors import Invalid
from meguri.features.rows import Layout, Unfit, Value, read_key, read_value, stream_of

DTYPES: tuple[DType, ...] = ("int", "float", "bool", "str", "datetime")
VALUES: dict[DType, st.SearchStrategy[Any]] = {
    "int": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False, allow_infinity=False).map(lambda value: value + 0.0),
    "bool": st.booleans(),
    "str": st.text(max_size=5),
    "datetime": st.integers(-(2**62), 2**62),
}


@dataclass(frozen=True)
class Packed:
    layout: Layout
    rows: list[tuple[Value, ...]]


@st.composite
def packed(draw: st.DrawFn) -> Packed:
    dtypes = draw(st.lists(st.sampled_from(DTYPES), min_size=1, max_size=20))
    names = draw(st.permutations([*(f"c{place}" for place in range(16)), "missing", "layout", "head", "0", "1"]))
    layout = Layout(tuple(zip(names, dtypes, strict=False)))
    row = st.tuples(*(st.one_of(st.none(), VALUES[dtype]) for dtype in dtypes))
    return Packed(layout, draw(st.lists(row, min_size=1, max_size=6)))


@given(packed())
def test_packing_is_undone_by_unpacking(case: Packed) -> None:
    columns = case.layout.unpack([case.layout.pack(case.layout.event("a", 5, row)) for row in case.rows], case.layout.names)
    found = [
        tuple(columns[name].values.tolist()[place] if columns[name].present[place] else None for name in case.layout.names)
        for place in range(len(case.rows))
    ]
    assert found == case.rows
    assert Layout.from_bytes(case.layout.to_bytes()) == case.layout


def test_an_event_is_the_same_whatever_the_order_of_columns_or_new_empty_ones() -> None:
    one = Layout((("x", "float"), ("n", "int"))).event("a", 5, (1.0, None))
    other = Layout((("new", "str"), ("n", "int"), ("x", "float"))).event("a", 5, (None, None, 1.0))
    assert one.identity == other.identity
    assert one.identity != Layout((("x", "float"), ("n", "int"))).event("a", 5, (2.0, None)).identity
    assert len(one.identity) == 8
    assert one.identity[0] < 128


def test_streams_of_any_key_have_one_length() -> None:
    keys: list[str | int] = ["a", "", "k" * 10_000, 1, -5]
    streams = {stream_of("p", "s", key) for key in keys}
    assert (len(streams), {len(stream) for stream in streams}) == (5, {24})
    assert stream_of("p", "s", "1") != stream_of("p", "s", 1)


@pytest.mark.parametrize(
    ("value", "dtype", "expected"),
    [
        (5.0, "int", 5),
        (5, "float", 5.0),
        (-0.0, "float", 0.0),
        (None, "int", None),
        (True, "bool", True),
        ("2011-01-01T09:00:00+09:00", "datetime", 1_293_840_000_000_000),
        (datetime(2011, 1, 1, tzinfo=UTC), "datetime", 1_293_840_000_000_000),
    ],
)
def test_values_are_read(value: object, dtype: DType, expected: Value) -> None:
    found = read_value(value, dtype)
    assert (repr(found), type(found)) == (repr(expected), type(expected))


@pytest.mark.parametrize(
    ("value", "dtype", "kind", "why"),
    [
        ("5", "int", "type", "'5' is no whole number"),
        (True, "int", "type", "True is no whole number"),
        (2**63, "int", "range", "does not fit"),
        ("1.5", "float", "type", "'1.5' is no number"),
        (float("inf"), "float", "non_finite", "send null"),
        (10**400, "float", "range", "too large"),
        (1, "bool", "type", "1 is not true or false"),
        (5, "str", "type", "5 is no text"),
        ("x" * 70_000, "str", "range", "70,000 characters"),
        ("noon", "datetime", "type", "'noon' is not a time"),
        ("2011-01-01T00:00:00", "datetime", "type", "has no time zone"),
        (1.5, "datetime", "type", "1.5 is no time"),
        (1_304_208_000, "datetime", "type", "send ISO 8601 with a zone, such as 2011-05-01T00:00:00Z"),
        (1_304_208_000_000, "datetime", "type", "1304208000000 is no time: .* such as 2011-05-01T00:00:00Z"),
        (1_304_208_000_000_000, "datetime", "type", "such as 2011-05-01T00:00:00Z"),
        (1_304_208_000.0, "datetime", "type", "such as 2011-05-01T00:00:00Z"),
        ("1304208000", "datetime", "type", "is not a time"),
        (True, "datetime", "type", "True is no time"),
        (7, "datetime", "type", "7 is no time"),
        ("0001-01-01T00:00:00+09:00", "datetime", "type", "not within the years 1 to 9999"),
        ([1], "float", "type", "is no number"),
    ],
)
def test_values_that_do_not_fit_say_why(value: object, dtype: DType, kind: str, why: str) -> None:
    with pytest.raises(Unfit, match=why) as caught:
        read_value(value, dtype)
    assert caught.value.kind == kind


def test_keys_are_read_as_requests_carry_them() -> None:
    assert [read_key("5", "int", "id"), read_key(5, "int", "id"), read_key(b"dc", "str", "city"), read_key(7, "str", "city")] == [
        5,
        5,
        "dc",
        "7",
    ]
    for bad in (None, "", 1.5, True, [1]):
        with pytest.raises(Invalid, match="city"):
            read_key(bad, "str", "city")
    with pytest.raises(Invalid, match="'x' is no whole number"):
        read_key("x", "int", "id")


def test_layouts_follow_the_declaration_and_keep_known_at_last() -> None:
    source = SourceDefinition("s", "city", "at", {"b": "int", "a": "str"}, "known")
    assert Layout.of(source).columns == (("b", "int"), ("a", "str"), ("known", "datetime"))


def test_the_online_path_loads_nothing_heavy() -> None:
    code = "import sys, meguri.features.online, meguri.adapters.online.lmdb, meguri.db.journal; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"polars", "sqlalchemy", "deltalake", "dbos", "pandas", "pyarrow"} & set(loaded)
