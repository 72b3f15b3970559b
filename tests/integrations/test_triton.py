"""Triton's HTTP client asks an endpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.serving.running import TOKEN, RunningEndpoint


@pytest.fixture(scope="module")
def answered(endpoint: RunningEndpoint, run: Callable[..., Any]) -> Any:  # Any: JSON
    """What the client was answered by the endpoint."""
    return run("triton", endpoint.url.removeprefix("http://").rstrip("/"), "bikes", TOKEN)


def test_tritons_client_finds_the_endpoint_and_its_model_ready(answered: Any) -> None:  # Any: JSON
    ready = [answered[name] for name in ("live", "ready", "model_ready", "other_ready")]
    assert ready == [True, True, True, False]
    assert [(each["name"], each["datatype"]) for each in answered["model"]["inputs"]] == [
        ("city", "BYTES"),
        ("hr", "INT64"),
        ("temp", "FP64"),
    ]


def test_tritons_client_is_answered_and_its_rows_are_logged(endpoint: RunningEndpoint, answered: Any) -> None:  # Any: JSON
    assert (answered["id"], answered["prediction"]) == ("triton-1", [56.0, 58.0])
    logged = [(record.id, record.output) for record in endpoint.logged() if record.id.startswith("triton-")]
    assert logged == [("triton-1~0", 56.0), ("triton-1~1", 58.0)]


def test_binary_tensors_are_not_offered_and_refused_with_what_to_send(answered: Any) -> None:  # Any: JSON
    assert answered["server"]["extensions"] == []
    assert answered["refused"]["status"] == "400"
    assert "binary_data=False" in answered["refused"]["message"]
