"""Prometheus' own parser reads what an endpoint exports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.integration.serving.running import RunningEndpoint
from tests.unit.serving.examples import body


def test_the_metrics_of_an_endpoint_are_read_by_prometheus_own_parser(endpoint: RunningEndpoint, run: Callable[..., Any]) -> None:
    before = run("prometheus", text=endpoint.client.get("/metrics").text)
    assert endpoint.infer(body("prometheus", rows=2)).status_code == 200
    assert endpoint.infer({"inputs": 1}).status_code == 400
    after = run("prometheus", text=endpoint.client.get("/metrics").text)
    assert {name: family["type"] for name, family in after.items()} == {
        "meguri_requests": "counter",
        "meguri_request_errors": "counter",
        "meguri_request_seconds": "histogram",
        "meguri_predictions": "counter",
        "meguri_predictions_repeated": "counter",
        "meguri_feature_lookups": "counter",
        "meguri_log_bytes": "counter",
        "meguri_deployment_info": "gauge",
    }
    assert total(after, "meguri_requests") - total(before, "meguri_requests") == 2
    assert total(after, "meguri_request_errors") - total(before, "meguri_request_errors") == 1
    assert total(after, "meguri_predictions") - total(before, "meguri_predictions") == 2
    buckets = [value for name, _, value in after["meguri_request_seconds"]["samples"] if name.endswith("_bucket")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == total(after, "meguri_requests")
    assert [labels["version"] for _, labels, _ in after["meguri_deployment_info"]["samples"]] == ["mv_1"]


def total(families: Any, name: str) -> float:  # Any: JSON
    return sum(value for sample, _, value in families[name]["samples"] if sample.endswith("_total"))
