"""Every route finds the project whose members may call it, or is for administrators of the installation."""

from __future__ import annotations

import re

import pytest

from meguri.access.routes import AUTHENTICATED, OPEN, PERMISSION, Route
from meguri.app.build import Platform
from meguri.core.errors import NotFound
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
