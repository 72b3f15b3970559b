from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Connection

from meguri.access.model import Principal
from meguri.access.projects import ProjectDirectory
from meguri.access.routes import Request, Route
from meguri.core.errors import Forbidden, NotFound
from meguri.core.times import utc_now
from meguri.events.service import Events
from meguri.server.permissions import Permissions
from meguri.testing.ledger import sqlite_database

PROJECTS = {"run_1": "bikes", "run_2": "taxis", "mv_1": "bikes"}
KIM = Principal("user", "usr_1", "kim", "kim", roles={"bikes": "viewer"})
ROOT = Principal("user", "usr_2", "root", "root", is_admin=True)


@pytest.fixture
def permissions(tmp_path: Path) -> Iterator[Permissions]:
    with sqlite_database(tmp_path / "test.db") as db:
        directory = ProjectDirectory(Events(db, utc_now), utc_now)
        with db.write() as tx:
            for name in ("bikes", "taxis"):
                directory.ensure(tx, name)
        yield Permissions(db, directory)


def handler(_request: Request) -> None: ...


def project_of(_tx: Connection, path: Mapping[str, str]) -> str:
    id = path.get("id") or path.get("run") or path["version"]
    if id not in PROJECTS:
        raise NotFound("run", id, "list them")
    return PROJECTS[id]


def route(path: str, permission: str = "runs:read", **more: bool) -> Route:
    return Route("GET", path, permission, handler, "a route", project=project_of if "{project}" not in path else None, **more)  # type: ignore[arg-type]


def check(permissions: Permissions, tried: Route, principal: Principal, **path: str) -> bool:
    return asyncio.run(permissions.check(tried, principal, path, {}))


def test_a_thing_with_an_id_is_seen_by_those_who_may_see_its_project(permissions: Permissions) -> None:
    runs = route("/api/v1/runs/{run}")
    for _ in range(2):  # the second time what was found is remembered
        assert check(permissions, runs, KIM, run="run_1")
        assert check(permissions, runs, ROOT, run="run_2")
        with pytest.raises(NotFound) as hidden:
            check(permissions, runs, KIM, run="run_2")
        with pytest.raises(NotFound) as missing:
            check(permissions, runs, KIM, run="run_3")
        assert hidden.value.message.replace("run_2", "run_3") == missing.value.message


def test_lineage_is_looked_up_for_each_id_and_not_for_its_kind(permissions: Permissions) -> None:
    lineage = route("/api/v1/lineage/{kind}/{id:path}", "lineage:read")
    assert check(permissions, lineage, KIM, kind="run", id="run_1")
    with pytest.raises(NotFound):
        check(permissions, lineage, KIM, kind="run", id="run_2")


def test_what_is_visible_and_not_allowed_is_forbidden(permissions: Permissions) -> None:
    with pytest.raises(Forbidden):
        check(permissions, route("/api/v1/runs/{run}", "runs:write"), KIM, run="run_1")


def test_an_unknown_project_is_hidden_unless_the_route_creates_it_for_an_administrator(permissions: Permissions) -> None:
    plain, creates = route("/api/v1/projects/{project}/runs"), route("/api/v1/projects/{project}/runs", creates_project=True)
    assert check(permissions, creates, ROOT, project="new")
    for tried, principal in ((plain, ROOT), (plain, KIM), (creates, KIM)):
        with pytest.raises(NotFound, match="no project 'new'"):
            check(permissions, tried, principal, project="new")


def test_a_route_without_a_project_is_for_administrators_of_the_installation(permissions: Permissions) -> None:
    users = Route("GET", "/api/v1/users", "users:admin", handler, "a route")
    assert check(permissions, users, ROOT)
    with pytest.raises(Forbidden):
        check(permissions, users, KIM)
