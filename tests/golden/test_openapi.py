"""What clients are promised: the routes with their permissions and types, and the reference that is written from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from meguri.testing.server import RunningServer, running_server
from tools.docs import FOLDER, pages

OPEN = {("get", "/health"), ("get", "/ready"), ("get", "/openapi.json"), ("post", "/api/v1/login")}

FREE = [
    "Alert.evidence", "BakePeriod.evidence", "Check.evidence", "Event.payload", "InferenceAnswer.parameters", "Job.payload", "Job.result",
    "NewLabel.value", "NewPipelineRun.parameters", "NewRun.environment", "OutputTensor.data", "PipelineDefinition.parameters",
    "PipelineRunDetails.evidence", "PipelineRunDetails.parameters", "PipelineRunSummary.parameters", "PipelineSummary.parameters",
    "Push.rows", "QuarantinedRow.values", "Run.environment", "RunDetails.environment", "StepDetails.arguments", "StepDetails.key_parts",
    "ValueDetails.summary", "get /openapi.json",
]  # fmt: skip
"""Where any JSON may stand: payloads and evidence of many kinds, parameters and environments that users choose, rows as they came."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("openapi") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def document(server: RunningServer) -> dict[str, Any]:  # Any: JSON
    found: dict[str, Any] = httpx.get(f"{server.url}/openapi.json").raise_for_status().json()  # Any: JSON
    return found


def test_openapi(golden: Callable[[str, str], None], document: dict[str, Any]) -> None:  # Any: JSON
    golden("openapi.json", json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def test_every_route_refuses_a_stranger_but_the_few_that_are_open(server: RunningServer, document: dict[str, Any]) -> None:  # Any: JSON
    answers = {
        (method, path): httpx.request(method, server.url + path.replace("{", "").replace("}", ""), timeout=30).status_code
        for path, operations in document["paths"].items()
        for method in operations
    }
    assert {route for route, status in answers.items() if status != 401} == OPEN


def test_every_route_says_what_it_does_and_whom_it_allows(document: dict[str, Any]) -> None:  # Any: JSON
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert [each["operationId"] for each in operations if not each["summary"].strip() or not each["x-permission"]] == []
    assert len({each["operationId"] for each in operations}) == len(operations)


def test_every_answer_and_body_has_a_type_but_where_json_is_free(document: dict[str, Any]) -> None:  # Any: JSON
    assert sorted(set(untyped(document))) == FREE


def untyped(document: dict[str, Any]) -> Iterator[str]:  # Any: JSON
    """Where a schema allows any JSON, as `Type.field`, or as the operation where it has no named type."""
    components = document["components"]["schemas"]

    def below(schema: dict[str, Any], name: str) -> Iterator[str]:  # Any: JSON
        is_object = schema.get("type") == "object" and not schema.get("properties")
        if not schema or (is_object and not isinstance(schema.get("additionalProperties"), dict)) or schema == {"type": "array"}:
            yield name
        for field, each in schema.get("properties", {}).items():
            yield from below(each, f"{name}.{field}")
        for each in (schema.get("items"), schema.get("additionalProperties")):
            if isinstance(each, dict):
                yield from below(each, name)
        for each in (*schema.get("anyOf", ()), *schema.get("prefixItems", ())):
            yield from below(each, name)

    for name, schema in components.items():
        yield from below(schema, name)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            for each in (*operation["responses"].values(), *bodies):
                for content in each.get("content", {}).values():
                    yield from below(content["schema"], f"{method} {path}")


def test_reference_pages_are_what_the_program_says(document: dict[str, Any]) -> None:  # Any: JSON
    written = {file.name: file.read_text() for file in FOLDER.glob("*.md")}
    assert written == pages(document), "`make docs` writes them anew"
