"""An ONNX file that needs anything beside itself is not loaded, wherever in it that is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper

from meguri.adapters.runners.onnx import OnnxRunner
from meguri.adapters.runners.plain import ensure_plain
from meguri.core.errors import Unsupported
from tests.unit.serving.examples import linear_model

Change = Callable[[Any], None]  # Any: an onnx.ModelProto, which has no types


def external() -> Any:  # Any: a TensorProto
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="../../etc/passwd")
    return tensor


def in_initializer(model: Any) -> None:
    model.graph.initializer.append(external())


def in_sparse_initializer(model: Any) -> None:
    indices = helper.make_tensor("i", TensorProto.INT64, [1], [0])
    model.graph.sparse_initializer.append(onnx.SparseTensorProto(values=external(), indices=indices, dims=[4]))


def in_attribute(model: Any) -> None:
    model.graph.node.append(helper.make_node("Constant", [], ["constant"], value=external()))


def in_sparse_attribute(model: Any) -> None:
    node = model.graph.node.add(op_type="Constant", output=["constant"])
    indices = helper.make_tensor("i", TensorProto.INT64, [1], [0])
    sparse = onnx.SparseTensorProto(values=external(), indices=indices, dims=[4])
    node.attribute.append(onnx.AttributeProto(name="sparse_value", type=onnx.AttributeProto.SPARSE_TENSOR, sparse_tensor=sparse))


def in_subgraph(model: Any) -> None:
    output = helper.make_tensor_value_info("w", TensorProto.FLOAT, [1])
    branch = helper.make_graph([], "branch", [], [output], initializer=[external()])
    condition = helper.make_tensor("condition", TensorProto.BOOL, [], [True])
    model.graph.initializer.append(condition)
    model.graph.node.append(helper.make_node("If", ["condition"], ["chosen"], then_branch=branch, else_branch=branch))


def in_function(model: Any) -> None:
    node = helper.make_node("Identity", ["x"], ["y"])
    model.functions.append(helper.make_function("local", "f", ["x"], ["y"], [node], [helper.make_opsetid("", 17)]))


def in_operator(model: Any) -> None:
    model.graph.node[0].domain = "com.example"
    model.opset_import.add(domain="com.example", version=1)


def in_training(model: Any) -> None:
    model.training_info.add()


@pytest.mark.parametrize(
    "change", [in_initializer, in_sparse_initializer, in_attribute, in_sparse_attribute, in_subgraph, in_function, in_operator, in_training]
)
def test_a_model_that_is_not_whole_is_refused_also_when_it_is_loaded(change: Change) -> None:
    model = onnx.load_model_from_string(linear_model())
    change(model)
    content = model.SerializeToString()
    with pytest.raises(Unsupported):
        ensure_plain(content)
    with pytest.raises(Unsupported):
        OnnxRunner(content, ["city", "hr", "temp"])


def test_a_whole_model_is_loaded_and_damage_is_refused() -> None:
    ensure_plain(linear_model())
    with pytest.raises(Unsupported, match="not sound"):
        ensure_plain(b"\xff" * 40)
