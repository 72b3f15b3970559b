from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from meguri.adapters.runners.onnx import OnnxRunner
from meguri.adapters.runners.skops import SkopsRunner
from meguri.app.runners import load_runner
from meguri.core.errors import Unsupported
from meguri.ports.runner import ModelRunner
from meguri.testing.runner import RunnerContract


def archive_of(estimator: Any) -> bytes:  # Any: whatever somebody puts into an archive
    from skops.io import dumps

    content: bytes = dumps(estimator)
    return content


def fitted(model: Any) -> Any:  # Any: a scikit-learn estimator
    rows = np.array([[1.0, 10.0], [2.0, 0.5], [-3.0, 4.0], [5.0, 5.0], [0.0, 1.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(rows, 2 * rows[:, 0] + rows[:, 1] + 1)


def columns_model() -> bytes:
    """An ONNX model with one tensor a column: a text `a` and numbers `b` and `c`; it answers b - c."""
    graph = helper.make_graph(
        [helper.make_node("Sub", ["b", "c"], ["out"])],
        "columns",
        [
            helper.make_tensor_value_info("a", TensorProto.STRING, [None, 1]),
            helper.make_tensor_value_info("b", TensorProto.FLOAT, [None, 1]),
            helper.make_tensor_value_info("c", TensorProto.FLOAT, [None, 1]),
        ],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [None, 1])],
    )
    content: bytes = onnx.ModelProto.SerializeToString(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9))
    return content


def matrix_model(width: int = 2) -> bytes:
    weights = [2.0, 1.0, *[0.0] * (width - 2)]
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["rows", "weights"], ["product"]), helper.make_node("Add", ["product", "bias"], ["out"])],
        "linear",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, width])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor("weights", TensorProto.FLOAT, [width, 1], weights), helper.make_tensor("bias", TensorProto.FLOAT, [1], [1.0])],
    )
    content: bytes = onnx.ModelProto.SerializeToString(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9))
    return content


class TestOnnxRunner(RunnerContract):
    @pytest.fixture
    def runner(self) -> ModelRunner:
        return OnnxRunner(matrix_model(), ("a", "b"))

    def load(self, content: bytes) -> ModelRunner:
        return OnnxRunner(content, ("a", "b"))


class TestSkopsRunner(RunnerContract):
    @pytest.fixture
    def runner(self) -> ModelRunner:
        from sklearn.linear_model import LinearRegression

        return SkopsRunner(archive_of(fitted(LinearRegression())), ("a", "b"))

    def load(self, content: bytes) -> ModelRunner:
        return SkopsRunner(content, ("a", "b"))


def test_columns_are_given_by_name_and_may_be_text() -> None:
    runner = OnnxRunner(columns_model(), ("c", "a", "b"))
    assert runner.predict([(1.0, "dc", 4.0), (2.0, "nyc", 1.0)]) == [3.0, -1.0]


def test_a_missing_number_is_not_a_number() -> None:
    assert np.isnan(OnnxRunner(columns_model(), ("a", "b", "c")).predict([("dc", None, 4.0)])[0])


def test_a_model_whose_inputs_do_not_fit_its_names_is_refused() -> None:
    with pytest.raises(Unsupported, match="it takes 'c', which is not among its named inputs a, b"):
        OnnxRunner(columns_model(), ("a", "b"))
    with pytest.raises(Unsupported, match="it takes 3 values a row, but 2 inputs are named: a, b"):
        OnnxRunner(matrix_model(3), ("a", "b"))


def test_trees_of_scikit_learn_are_trusted() -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = fitted(HistGradientBoostingRegressor(max_iter=3, min_samples_leaf=1))
    rows = [(1.0, 10.0), (5.0, 5.0)]
    assert SkopsRunner(archive_of(model), ("a", "b")).predict(rows) == model.predict(np.array(rows)).tolist()


def test_an_archive_with_a_foreign_type_is_refused_and_named() -> None:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    model = make_pipeline(FunctionTransformer(os.system))
    with pytest.raises(Unsupported, match=r"types that are not trusted \(posix\.system\)"):
        SkopsRunner(archive_of(model), ("a", "b"))


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(Unsupported, match="model format 'pickle' is not supported: register the model as ONNX or skops"):
        load_runner(b"", "pickle", ("a", "b"))
