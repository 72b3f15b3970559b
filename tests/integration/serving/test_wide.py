"""An endpoint with a thousand inputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from meguri.core.definitions.features import EntityDefinition, FeatureServiceDefinition, FeatureSet, SourceDefinition
from meguri.core.definitions.models import GoldenRow, ModelInput
from meguri.core.digests import digest_of
from meguri.profiles.reference import Reference
from meguri.serving.deployment_specs import DeploymentSpec, ServedModel
from meguri.serving.segments import find_profile
from tests.integration.serving.running import ENDPOINT, make_home, running
from tests.unit.serving.examples import AT, linear_model

WIDTH, ROWS = 1_000, 3
NAMES = tuple(f"f{number:03}" for number in range(WIDTH))
WEIGHTS = [1.0 if number % 2 else -1.0 for number in range(WIDTH)]
VALUES = np.random.default_rng(0).normal(size=(ROWS, WIDTH)).round(3)


def wide_spec() -> DeploymentSpec:
    city = EntityDefinition("city", "city")
    source = SourceDefinition("rentals", "city", "at", {**dict.fromkeys(NAMES, "float"), "cnt": "float"})
    service = FeatureServiceDefinition("hourly", "rentals", NAMES, (), "cnt")
    draws = np.random.default_rng(1).normal(size=(500, WIDTH))
    reference = Reference.from_columns(dict(zip(NAMES, draws.T, strict=True)), prediction=draws @ WEIGHTS, at=np.full(500, AT))
    model = linear_model(WEIGHTS, bias=0.0)
    return DeploymentSpec(
        revision=1,
        project="bikes",
        endpoint="bikes",
        port=0,
        deployment="dep_1",
        version="mv_1",
        model=ServedModel(digest_of(model), "onnx", tuple(ModelInput(name, "float") for name in NAMES)),
        feature_set=FeatureSet(service, city, source, (), (source,), (city,)),
        reference=reference.without_blocks().to_json(),
        golden=(GoldenRow((1.0,) * WIDTH, 0.0),),
    )


def test_a_thousand_inputs_are_predicted_logged_and_profiled(home: Path) -> None:
    make_home(home, wide_spec(), linear_model(WEIGHTS, bias=0.0))
    inputs = [{"name": "city", "shape": [ROWS], "datatype": "BYTES", "data": ["dc"] * ROWS}]
    inputs += [{"name": name, "shape": [ROWS], "datatype": "FP64", "data": VALUES[:, place].tolist()} for place, name in enumerate(NAMES)]
    body = {"id": "wide", "parameters": {"event_time": "2011-05-01T12:00:00Z"}, "inputs": inputs}
    with running(home) as endpoint:
        sealed = endpoint.internal("GET", "state")["log"]["segment"]
        answer = endpoint.infer(body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["outputs"][0]["data"] == pytest.approx((VALUES @ WEIGHTS).tolist(), abs=1e-3)
        assert [record.inputs for record in endpoint.logged()] == [tuple(row) for row in VALUES.tolist()]
        endpoint.internal("POST", "seal")
    profile = find_profile(home / "log", ENDPOINT, sealed)
    assert profile is not None
    (day,) = profile["mv_1"]["days"].values()
    assert day["rows"] == ROWS
