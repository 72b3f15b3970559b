"""Every route finds the project whose members may call it, or is for administrators of the installation."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from meguri.access.model import Principal
from meguri.access.routes import AUTHENTICATED, OPEN, PERMISSION, Route
from meguri.app.build import Platform
from meguri.core.errors import NotFound
from meguri.events.tables import deliveries
from meguri.lineage.service import Graph
from meguri.server.assemble import all_routes
from meguri.server.commits import Commits
from meguri.server.stream import Stream

INSTALLATION = {"users", "tokens", "sessions", "login-codes", "audit", "deliveries"}
"""What is not within a project, by the first part of the path."""


@pytest.fixture
def routes(platform: Platform) -> list[Route]:
    return all_routes(platform, Stream(platform.db, platform.events, Commits()), None)


def test_each_route_is_within_a_project_or_for_the_installation(routes: list[Route]) -> None:
    checked = [each for each in routes if each.permission not in (OPEN, AUTHENTICATED)]
    alone = {each.path for each in checked if "{project}" not in each.path and each.project is None}
    assert {path.split("/")[3] for path in alone} == INSTALLATION
    assert [each.path for each in checked if not PERMISSION.fullmatch(each.permission)] == []


def test_each_id_that_does_not_exist_has_no_project(platform: Platform, routes: list[Route]) -> None:
    found = [each for each in routes if each.project is not None]
    assert len(found) > 20
    with platform.db.read() as tx:
        for route in found:
            assert route.project is not None
            path = dict.fromkeys(re.findall(r"{(\w+)", route.path), "absent")
            with pytest.raises(NotFound):
                route.project(tx, path)


def handler(routes: list[Route], path: str) -> Callable[[Any], Any]:  # Any: a request of the route, and its answer
    return next(each.handler for each in routes if (each.method, each.path) == ("GET", path))


def test_the_watermark_of_a_project_names_its_failed_deliveries_alone(platform: Platform, routes: list[Route]) -> None:
    platform.events.on("thing.happened", "consumer", lambda _tx, _event: None)
    with platform.db.write() as tx:
        for project in ("bikes", "taxis"):
            platform.directory.ensure(tx, project)
            platform.events.add(tx, "thing.happened", project=project, subject=project, payload={})
        tx.execute(update(deliveries).where(deliveries.c.consumer == "consumer").values(state="failed", error="of this project"))
    request = SimpleNamespace(path={"project": "bikes"}, query={"wait": 0.0})
    state = asyncio.run(handler(routes, "/api/v1/projects/{project}/watermark")(request))
    assert [each.project for each in state.failed] == ["bikes"]


def test_lineage_says_of_contents_of_a_hidden_project_only_that_they_are_there(platform: Platform, routes: list[Route]) -> None:
    lineage = platform.lineage
    with platform.db.write() as tx:
        shared = lineage.node(tx, "frame", "sha256:1", project="taxis", label="secret")
        run, hidden = lineage.node(tx, "run", "run_1", project="bikes"), lineage.node(tx, "run", "run_2", project="taxis")
        lineage.edge(tx, shared, run, "read")
        lineage.edge(tx, hidden, shared, "wrote")

    def seen_by(**roles: Any) -> set[tuple[str, str, str]]:  # Any: role names
        request = SimpleNamespace(
            path={"kind": "run", "id": "run_1"}, query={}, principal=Principal("user", "usr_1", "kim", "kim", roles=roles)
        )
        graph: Graph = handler(routes, "/api/v1/lineage/{kind}/{id:path}")(request)
        return {(each.id, each.project, each.label) for each in graph.nodes}

    assert seen_by(bikes="viewer") == {("run_1", "bikes", "run_1"), ("sha256:1", "", "")}
    assert seen_by(bikes="viewer", taxis="viewer") == {
        ("run_1", "bikes", "run_1"), ("run_2", "taxis", "run_2"), ("sha256:1", "taxis", "secret"),
    }  # fmt: skip
