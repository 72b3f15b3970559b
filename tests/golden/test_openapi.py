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


def test_reference_pages_are_what_the_program_says(document: dict[str, Any]) -> None:  # Any: JSON
    written = {file.name: file.read_text() for file in FOLDER.glob("*.md")}
    assert written == pages(document), "`make docs` writes them anew"
