"""A small endpoint to test with: demand of a city by hour and temperature, with one feature that is looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from meguri.core.definitions.features import (
    EntityDefinition,
    FeatureDefinition,
    FeatureServiceDefinition,
    FeatureSet,
    FeatureViewDefinition,
    SourceDefinition,
)
from meguri.core.definitions.models import GoldenRow, ModelInput, Value
from meguri.core.digests import digest_of
from meguri.core.times import micros
from meguri.ports.runner import Row
from meguri.profiles.reference import Reference
from meguri.serving.deployment_specs import DeploymentSpec, ServedModel

AT = micros(datetime(2011, 5, 1, 12, tzinfo=UTC))
NOW = micros(datetime(2026, 1, 1, tzinfo=UTC))
NAMES = ("hr", "temp", "cnt_yesterday")


def feature_set() -> FeatureSet:
    city = EntityDefinition("city", "city")
    rentals = SourceDefinition("rentals", "city", "at", {"hr": "int", "temp": "float", "cnt": "float"})
    yesterday = FeatureDefinition("cnt_yesterday", "last", "cnt", 3_600.0, 86_400.0)
    view = FeatureViewDefinition("history", "rentals", (yesterday,))
    service = FeatureServiceDefinition("hourly", "rentals", ("hr", "temp"), ("history",), "cnt")
    return FeatureSet(service, city, rentals, (view,), (rentals,), (city,))


def linear_model(weights: Sequence[float] = (2.0, 10.0, 0.5), bias: float = 1.0) -> bytes:
    """An ONNX model `rows @ weights + bias` over one float matrix."""
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["rows", "weights"], ["product"]),
            helper.make_node("Add", ["product", "bias"], ["variable"]),
        ],
        "linear",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, len(weights)])],
        [helper.make_tensor_value_info("variable", TensorProto.FLOAT, [None, 1])],
        [
            helper.make_tensor("weights", TensorProto.FLOAT, [len(weights), 1], list(weights)),
            helper.make_tensor("bias", TensorProto.FLOAT, [1], [bias]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    content: bytes = onnx.ModelProto.SerializeToString(model)
    return content


def reference() -> Reference:
    draws = np.random.default_rng(1)
    columns = {"hr": draws.integers(0, 24, 500), "temp": draws.normal(0.5, 0.2, 500), "cnt_yesterday": draws.normal(100, 20, 500)}
    return Reference.from_columns(columns, prediction=draws.normal(100, 20, 500), at=np.full(500, AT))


def spec(revision: int = 1, *, model: bytes | None = None, **more: Any) -> DeploymentSpec:  # Any: fields of DeploymentSpec
    content = linear_model() if model is None else model
    served = ServedModel(digest_of(content), "onnx", tuple(ModelInput(name, "float") for name in NAMES))
    fields: dict[str, Any] = {
        "project": "bikes",
        "endpoint": "bikes",
        "port": 0,
        "deployment": f"dep_{revision}",
        "version": f"mv_{revision}",
        "model": served,
        "feature_set": feature_set(),
        "reference": reference().without_blocks().to_json(),
        "golden": (GoldenRow((1.0, 0.5, 100.0), 58.0),) if model is None else (),
    }
    return DeploymentSpec(revision=revision, **{**fields, **more})


class Memory:
    """A lookup that answers from a table; it stands for the online features of a store."""

    def __init__(self, features: Mapping[str, Mapping[str, Value]] | None = None) -> None:
        self.features = {"dc": {"cnt_yesterday": 100.0}} if features is None else features

    def lookup(self, entity: Value, at: int, request: Mapping[str, Value] | None = None) -> Mapping[str, Value]:
        return self.features.get(str(entity), {"cnt_yesterday": None})


class Runner:
    """A runner that answers with the sum of its inputs (0 for a missing one) times `factor`."""

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = factor
        self.closed = False

    def predict(self, rows: Sequence[Row]) -> list[float]:
        return [self.factor * sum(float(value or 0.0) for value in row) for row in rows]

    def close(self) -> None:
        self.closed = True


def body(
    id: str | None = "p1", *, rows: int = 1, event_time: object = "2011-05-01T12:00:00Z", **replaced: Any
) -> dict[str, Any]:  # Any: JSON
    """A good request; `replaced` gives other tensors by name (None leaves one out)."""
    tensors: dict[str, dict[str, Any] | None] = {
        "city": {"name": "city", "shape": [rows], "datatype": "BYTES", "data": ["dc"] * rows},
        "hr": {"name": "hr", "shape": [rows], "datatype": "INT64", "data": list(range(rows))},
        "temp": {"name": "temp", "shape": [rows], "datatype": "FP64", "data": [0.5] * rows},
    }
    inputs = [tensor for tensor in {**tensors, **replaced}.values() if tensor is not None]
    request: dict[str, Any] = {"inputs": inputs, "parameters": {"event_time": event_time} if event_time is not None else {}}
    return request if id is None else {"id": id, **request}
