"""Values between steps: the same value is the same bytes, and comes back as it was."""

from __future__ import annotations

import datetime as dt
import math
import subprocess
import sys
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from meguri.core.digests import digest_of
from meguri.core.errors import Invalid, Unsupported
from meguri.pipelines.values import (
    Encoded,
    ValueRef,
    arrow_bytes,
    arrow_frame,
    decode,
    decode_numbers,
    encode,
    npy_bytes,
    read_file,
    skops_bytes,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
COLUMNS: dict[str, tuple[pl.DataType, st.SearchStrategy[Any]]] = {
    "whole": (pl.Int64(), st.integers(-(2**62), 2**62)),
    "small": (pl.Int8(), st.integers(-128, 127)),
    "number": (pl.Float64(), st.floats()),
    "half": (pl.Float32(), st.floats(width=32)),
    "yes": (pl.Boolean(), st.booleans()),
    "text": (pl.String(), st.text(max_size=30)),
    "day": (pl.Date(), st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1))),
    "moment": (pl.Datetime("us", "UTC"), st.datetimes(timezones=st.just(dt.UTC))),
    "list": (pl.List(pl.Int64()), st.lists(st.none() | st.integers(0, 9), max_size=3)),
    "pair": (
        pl.Struct({"a": pl.Int64(), "b": pl.String()}),
        st.fixed_dictionaries({"a": st.integers(0, 9), "b": st.none() | st.text(max_size=3)}),
    ),
}


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    rows = draw(st.integers(0, 12))
    names = draw(st.lists(st.sampled_from(list(COLUMNS)), unique=True, min_size=1))
    return pl.DataFrame(
        [
            pl.Series(name, draw(st.lists(st.none() | COLUMNS[name][1], min_size=rows, max_size=rows)), dtype=COLUMNS[name][0])
            for name in names
        ]
    )


def again(encoded: Encoded) -> Any:
    return decode(encoded.ref, encoded.blobs.__getitem__)


@given(frames())
@settings(max_examples=60, deadline=None)
def test_frame_comes_back_as_it_was(frame: pl.DataFrame) -> None:
    assert_frame_equal(again(encode(frame)), frame)


@given(frames(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_bytes_of_a_frame_do_not_show_how_it_came_about(frame: pl.DataFrame, random: Any) -> None:
    """Slices, chunks, masks with something under the nulls, and a way over Parquet are all the same value."""
    once = arrow_bytes(frame)
    cut = random.randint(0, frame.height)
    chunked = pl.concat([frame[:cut], frame[cut:]], rechunk=False)
    sliced = pl.concat([frame, frame]).slice(frame.height)
    masked = _masked(frame)
    for other in (chunked, sliced, masked, arrow_frame(once)):
        assert arrow_bytes(other) == once


def _masked(frame: pl.DataFrame) -> pl.DataFrame:
    """The same frame, where other values lie under its nulls."""
    filled = frame.with_columns(pl.all().fill_null(strategy="forward").fill_null(strategy="backward"))
    return pl.DataFrame(
        [pl.select(pl.when(frame[name].is_not_null()).then(filled[name]).alias(name)).to_series() for name in frame.columns]
    )


@given(JSON)
def test_json_comes_back_as_it_was_whatever_the_order_of_its_keys(value: Any) -> None:
    assert again(encode(value)) == value
    assert encode(_reversed(value)).ref == encode(value).ref


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(list(value))}
    return [_reversed(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array([1.5, math.nan]),
        np.array(["a", "bc"]),
        np.zeros((0, 3), dtype=np.float32),
        np.array(["2020-01-01"], dtype="datetime64[us]"),
        np.float64(math.nan),
        np.int64(3),
    ],
)
def test_arrays_and_scalars_come_back_as_they_were(array: Any) -> None:
    back = again(encode(array))
    np.testing.assert_array_equal(back, array)
    assert (type(back), back.dtype, back.shape) == (type(array), array.dtype, array.shape)


def test_order_of_memory_and_of_bytes_does_not_show() -> None:
    array = np.arange(6.0).reshape(2, 3)
    assert (
        npy_bytes(np.asfortranarray(array))
        == npy_bytes(array)
        == npy_bytes(array.astype(">f8"))
        == npy_bytes(np.tile(array, (2, 1))[::1][2:])
    )


def test_estimator_comes_back_and_predicts_the_same() -> None:
    from sklearn.linear_model import Ridge

    x = np.arange(20.0).reshape(10, 2)
    fitted = Ridge().fit(x, x[:, 0])
    encoded = encode(fitted)
    assert encoded.ref.format == "skops"
    np.testing.assert_array_equal(again(encoded).predict(x), fitted.predict(x))


ELSEWHERE = """
import numpy as np, polars as pl
from sklearn.ensemble import HistGradientBoostingRegressor
from meguri.core.digests import digest_of
from meguri.pipelines.values import arrow_bytes, encode, skops_bytes
x = np.random.default_rng(0).normal(size=(200, 3))
print(digest_of(skops_bytes(HistGradientBoostingRegressor(max_iter=5, random_state=0).fit(x, x[:, 0]))))
print(digest_of(arrow_bytes(pl.DataFrame({"a": [1, None, 3], "b": ["x", None, "y"]}))))
print(encode({"b": [1.5], "a": None}).ref.digest)
"""


def test_digests_are_the_same_in_another_process() -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor

    x = np.random.default_rng(0).normal(size=(200, 3))
    here = [
        digest_of(skops_bytes(HistGradientBoostingRegressor(max_iter=5, random_state=0).fit(x, x[:, 0]))),
        digest_of(arrow_bytes(pl.DataFrame({"a": [1, None, 3], "b": ["x", None, "y"]}))),
        encode({"a": None, "b": [1.5]}).ref.digest,
    ]
    there = subprocess.run([sys.executable, "-c", ELSEWHERE], capture_output=True, text=True, check=True)
    assert there.stdout.split() == here


class Thing:
    pass


REFUSED = {
    "object": (Thing(), f"{__name__}.Thing between steps (at value)", "return a Polars"),
    "set": ({1, 2}, "builtins.set between steps (at value)", "return a Polars"),
    "tuple": ((1, 2), "builtins.tuple between steps (at value)", "return a Polars"),
    "bytes": (b"bytes", "builtins.bytes between steps (at value)", "return a Polars"),
    "object in a dict": ({"inner": Thing()}, f"{__name__}.Thing between steps (at value['inner'])", "return a Polars"),
    "tuple deep inside": ([1, {"deep": (1,)}], "builtins.tuple between steps (at value[1]['deep'])", "return a Polars"),
    "function": (lambda: None, "builtins.function between steps (at value)", "return a Polars"),
    "datetime": (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "datetime.datetime between steps (at value)", "return a Polars"),
    "array of objects": (np.array([Thing()]), "an array of object between steps", "give it a plain type"),
    "series": (pl.Series([1]), "polars.series.series.Series between steps", "collect it into a frame"),
    "lazy frame": (pl.DataFrame({"a": ["x"]}).lazy(), "polars.lazyframe.frame.LazyFrame between steps", "collect it into a frame"),
    "categories": (
        pl.DataFrame({"a": pl.Series(["x"], dtype=pl.Categorical)}),
        "column 'a' of type Categorical between steps",
        "cast it to pl.String or pl.Enum",
    ),
}


@pytest.mark.parametrize(("value", "feature", "hint"), REFUSED.values(), ids=REFUSED)
def test_type_that_cannot_be_digested_is_named_and_refused_with_what_to_do(value: Any, feature: str, hint: str) -> None:
    with pytest.raises(Unsupported) as raised:
        encode(value)
    assert raised.value.fields == {"feature": feature}
    assert raised.value.message.startswith(f"{feature} is not supported: {hint}")


@pytest.mark.parametrize("value", [math.nan, math.inf, {"a": [math.nan]}, {1: "a"}])
def test_what_json_does_not_have_is_refused_and_named(value: Any) -> None:
    with pytest.raises(Invalid, match=r"value"):
        encode(value)


def test_damaged_blob_is_noticed(tmp_path) -> None:
    encoded = encode([1, 2])
    file = tmp_path / "blob"
    file.write_bytes(b"[1,3]")
    with pytest.raises(Invalid, match="damaged"):
        decode(encoded.ref, read_file({encoded.ref.digest: file}))


def test_foreign_types_in_an_estimator_are_refused() -> None:
    from sklearn.preprocessing import FunctionTransformer

    content = skops_bytes(FunctionTransformer(func=subprocess.run))
    ref = encode(FunctionTransformer(func=subprocess.run)).ref
    with pytest.raises(Unsupported, match="subprocess"):
        decode(ref, lambda _: content)


def test_the_control_plane_reads_numbers_of_a_worker_and_nothing_else() -> None:
    def read(_digest: str) -> bytes:
        raise AssertionError("it was read")

    for format in ("skops", "onnx", "arrow", "json", "model"):
        with pytest.raises(Unsupported, match="a score in the format"):
            decode_numbers(ValueRef(format, "any", digest_of(b""), 0), read)
    scores = np.array([1.5, 2.0])
    content = npy_bytes(scores)
    assert decode_numbers(ValueRef("npy", "numpy.ndarray", digest_of(content), len(content)), lambda _: content).tolist() == [1.5, 2.0]
    table = npy_bytes(np.ones((2, 2)))
    with pytest.raises(Unsupported, match="shape"):
        decode_numbers(ValueRef("npy", "numpy.ndarray", digest_of(table), len(table)), lambda _: table)
