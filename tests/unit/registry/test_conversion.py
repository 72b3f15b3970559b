"""Estimators become what is served, and what is served predicts as they do."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingRegressor, HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from meguri.app.runners import load_runner
from meguri.core.definitions.models import ModelInput
from meguri.core.errors import Invalid, Unsupported
from meguri.pipelines.values import skops_bytes
from meguri.registry.conversion import ROWS as ROWS_COMPARED
from meguri.registry.conversion import Converted, convert

RANDOM = np.random.default_rng(0)
ROWS = 1_500
FRAME = pl.DataFrame(
    {
        "a": [None if each < 0.1 else each for each in RANDOM.random(ROWS)],
        "b": RANDOM.normal(size=ROWS),
        "hour": RANDOM.integers(0, 24, ROWS),
        "open": RANDOM.random(ROWS) < 0.5,
        "dish": [("curry", "soba", "bento")[each] for each in RANDOM.integers(0, 3, ROWS)],
    }
)
NUMBERS = ["a", "b", "hour", "open"]
LABEL = np.abs(10 * FRAME["b"].to_numpy() + FRAME["hour"].to_numpy()) + np.where(FRAME["a"].is_null().to_numpy(), 20.0, 0.1)


def by_name(*names: str, inner: Any = "passthrough") -> ColumnTransformer:
    return ColumnTransformer(
        [("dish", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["dish"]), ("rest", inner, list(names))]
    )


def converted(estimator: Any, features: list[str], *, named: bool = False) -> Converted:
    given = FRAME.select(features) if named else FRAME.select(features).cast(pl.Float64).to_numpy()
    return convert(estimator.fit(given, LABEL), FRAME, features, skops_bytes(estimator), load_runner)


@pytest.mark.parametrize(
    ("estimator", "features", "named"),
    [
        (HistGradientBoostingRegressor(max_iter=30), NUMBERS, False),
        (HistGradientBoostingRegressor(max_iter=30), NUMBERS, True),
        (HistGradientBoostingRegressor(max_iter=30, loss="poisson"), NUMBERS, False),
        (HistGradientBoostingRegressor(max_iter=30, loss="gamma"), NUMBERS, False),
        (HistGradientBoostingRegressor(max_iter=30, loss="absolute_error"), NUMBERS, False),
        (LinearRegression(), ["b", "hour"], False),
        (make_pipeline(SimpleImputer(), StandardScaler(), Ridge()), NUMBERS, False),
        (make_pipeline(SimpleImputer(), GradientBoostingRegressor(n_estimators=10)), NUMBERS, False),
        (make_pipeline(by_name("a", "b"), HistGradientBoostingRegressor(max_iter=30)), ["dish", "a", "b"], True),
        (make_pipeline(by_name("a", "b", inner=SimpleImputer()), Ridge()), ["a", "b", "dish"], True),
        (
            make_pipeline(ColumnTransformer([("d", OrdinalEncoder(), [0]), ("n", "passthrough", [1])]), Ridge()),
            ["dish", "b"],
            True,
        ),
    ],
)  # fmt: skip
def test_estimator_becomes_onnx_that_agrees(estimator: Any, features: list[str], named: bool) -> None:
    found = converted(estimator, features, named=named)
    assert (found.format, found.why) == ("onnx", "")
    given = FRAME.select(features) if named else FRAME.select(features).cast(pl.Float64).to_numpy()
    got = load_runner(found.content, found.format, features).predict(FRAME.select(features).rows())
    np.testing.assert_allclose(got, estimator.predict(given), rtol=1e-4, atol=1e-5)


def test_a_large_prediction_does_not_excuse_a_small_one() -> None:
    """In 32 bits the small predictions are wholly wrong, by less than a thousandth of the largest one."""
    steps = np.tile([1_000.0, 1_000.0, 1_000.0, 1_001.0], 100)
    frame = pl.DataFrame({"step": steps, "x": np.linspace(1, 2, 400)})
    label = 1e6 * (steps - 1_000) + 0.01 * frame["x"].to_numpy()
    estimator = LinearRegression().fit(frame.to_numpy(), label)
    found = convert(estimator, frame, ["step", "x"], skops_bytes(estimator), load_runner)
    got = np.array(load_runner(found.content, found.format, ["step", "x"]).predict(frame.rows()))
    np.testing.assert_allclose(got, estimator.predict(frame.to_numpy()), rtol=1e-4)


def test_whole_numbers_that_32_bits_do_not_have_stay_apart() -> None:
    """Also where the rows that are compared do not have them."""
    ids = np.array([0.0, 1.0] * 2_000)
    ids[1], ids[2] = 2**24 + 1, 2**24
    frame = pl.DataFrame({"id": ids.astype(np.int64)})
    label = np.select([ids == 2**24 + 1, ids == 2**24], [100.0, -100.0], ids)
    estimator = HistGradientBoostingRegressor(max_iter=20, learning_rate=1.0, min_samples_leaf=1).fit(
        frame.cast(pl.Float64).to_numpy(), label
    )
    found = convert(estimator, frame, ["id"], skops_bytes(estimator), load_runner)
    got = load_runner(found.content, found.format, ["id"]).predict([(2**24 + 1,), (2**24,), (0,), (1,)])
    np.testing.assert_allclose(got, [100, -100, 0, 1], atol=0.01)


@pytest.mark.parametrize(("base", "step"), [(9_000_000, 1.0), (299_999.99, 0.01)])
def test_values_whose_midpoint_32_bits_do_not_have_stay_apart(base: float, step: float) -> None:
    """A split between two such values must not move the upper one, also where hardly a row has it."""
    random = np.random.default_rng(0)
    steps = random.integers(0, 200, 40_000)
    steps[(steps > 99) & (steps < 103)] = 50
    steps[:3], steps[3:23] = 101, 102
    random.shuffle(steps)
    values = np.round(base + steps * step, 2)
    estimator = HistGradientBoostingRegressor(max_iter=20, min_samples_leaf=5)
    estimator.fit(values.reshape(-1, 1), np.where(steps > 101, 1_000.0, 1.0))
    frame = pl.DataFrame({"k": values.astype(np.int64) if step == 1 else values})
    found = convert(estimator, frame, ["k"], skops_bytes(estimator), load_runner)
    each = frame.unique().sort("k")
    got = load_runner(found.content, found.format, ["k"]).predict(each.rows())
    np.testing.assert_allclose(got, estimator.predict(each.cast(pl.Float64).to_numpy()), rtol=1e-3)


def test_missing_values_pass_through_boosting_and_agree() -> None:
    estimator = HistGradientBoostingRegressor(max_iter=30).fit(FRAME.select(NUMBERS).cast(pl.Float64).to_numpy(), LABEL)
    found = convert(estimator, FRAME, NUMBERS, skops_bytes(estimator), load_runner)
    rows: list[tuple[Any, ...]] = [(None, 1.0, 3, True), (0.5, None, None, None), (None, None, None, None)]
    matrix = np.array(rows, dtype=np.float64)
    np.testing.assert_allclose(load_runner(found.content, found.format, NUMBERS).predict(rows), estimator.predict(matrix), rtol=1e-5)
    assert found.inputs == (ModelInput("a", "float"), ModelInput("b", "float"), ModelInput("hour", "int"), ModelInput("open", "bool"))


@pytest.mark.parametrize("nulls", [0, 20])
@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestRegressor(5, random_state=0),
        DecisionTreeRegressor(max_depth=5, random_state=0),
        ExtraTreesRegressor(5, max_depth=6, random_state=0),
        make_pipeline(SimpleImputer(add_indicator=True), Ridge()),
        HistGradientBoostingRegressor(max_iter=20),
    ],
)
def test_a_missing_value_is_predicted_as_by_the_original(estimator: Any, nulls: int) -> None:
    """Also where the training rows have no missing value, or too few of them to be among the rows that are compared."""
    features = ["x", "y", "z"]
    matrix = np.random.default_rng(1).normal(size=(3_000, 3))
    label = np.where(matrix[:, 0] > -1, 5 + matrix[:, 0], 1) + matrix[:, 1]
    compared = np.linspace(0, len(matrix) - 1, ROWS_COMPARED).round().astype(int)
    matrix[np.setdiff1d(np.arange(len(matrix)), compared)[:nulls], 0] = np.nan
    frame = pl.DataFrame(matrix, schema=features).fill_nan(None)
    estimator.fit(matrix, label)
    found = convert(estimator, frame, features, skops_bytes(estimator), load_runner)
    rows = [(None, 0.0, 0.0), (None, 1.0, -1.0), (0.5, None, 0.0), (0.5, 0.3, None)]
    runner = load_runner(found.content, found.format, features)
    np.testing.assert_allclose(runner.predict(rows), estimator.predict(np.array(rows, dtype=np.float64)), rtol=1e-4)


def test_an_estimator_that_refuses_missing_values_stays_onnx() -> None:
    found = converted(GradientBoostingRegressor(n_estimators=10), ["b", "hour"])
    assert (found.format, found.why) == ("onnx", "")


def test_what_does_not_convert_is_served_by_skops() -> None:
    found = converted(TransformedTargetRegressor(make_pipeline(SimpleImputer(), Ridge()), func=np.log, inverse_func=np.exp), NUMBERS)
    assert (found.format, found.difference < 1e-9) == ("skops", True)
    assert "TransformedTargetRegressor" in found.why


def test_forest_with_splits_on_missing_values_is_not_even_tried() -> None:
    """skl2onnx never returns from these."""
    found = converted(RandomForestRegressor(3, random_state=0), ["a", "b"])
    assert (found.format, found.why) == ("skops", "its trees split off missing values, which skl2onnx cannot convert")


def test_same_estimator_has_same_bytes() -> None:
    first, second = (converted(HistGradientBoostingRegressor(max_iter=5, random_state=0), NUMBERS) for _ in range(2))
    assert first == second


def test_estimator_that_cannot_be_served_is_refused_with_reasons() -> None:
    with pytest.raises(Unsupported, match=r"not as ONNX .*not as skops"):
        converted(make_pipeline(FunctionTransformer(np.nan_to_num), FunctionTransformer(_doubled), Ridge()), NUMBERS)


def _doubled(x: np.ndarray) -> np.ndarray:
    return 2 * x


def test_two_outputs_and_moments_are_refused() -> None:
    two = LinearRegression().fit(FRAME.select("b").to_numpy(), np.stack([LABEL, LABEL], axis=1))
    with pytest.raises(Unsupported, match="one number a row"):
        convert(two, FRAME, ["b"], b"", load_runner)
    moments = FRAME.with_columns(at=pl.lit(0).cast(pl.Datetime("us", "UTC")))
    with pytest.raises(Invalid, match="at"):
        convert(LinearRegression(), moments, ["at"], b"", load_runner)
