"""Whether a principal may do what a route does, on the project of the request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool

from meguri.access.model import Principal, hidden_project
from meguri.access.projects import ProjectDirectory
from meguri.access.routes import AUTHENTICATED, OPEN, Route
from meguri.core.errors import NotFound
from meguri.db.engine import Database

_MOST_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Permissions:
    """Finds the project of a request and checks the route's permission on it.

    What the caller may not see is answered as if it did not exist; what the caller may see but not do is Forbidden.
    """

    db: Database
    projects: ProjectDirectory
    _project_of: dict[tuple[str, str], str] = field(default_factory=dict)

    async def check(self, route: Route, principal: Principal, path: Mapping[str, str], query: Mapping[str, Any]) -> bool:  # Any: by route
        """False where only the body names the project (`check_body` is to follow). Raises NotFound, Forbidden."""
        if route.permission in (OPEN, AUTHENTICATED):
            return True
        project = path.get("project")
        if project is None and route.project is not None:
            project = await self._project_by_id(route, principal, path)
        if project is None:
            project = query.get("project")
        if project is None and body_names_project(route):
            return False
        await self._ensure(route, principal, project)
        return True

    async def check_body(self, route: Route, principal: Principal, body: Any) -> None:  # Any: the route's body
        """Raises NotFound, Forbidden."""
        await self._ensure(route, principal, body.project)

    async def _ensure(self, route: Route, principal: Principal, project: str | None) -> None:
        principal.ensure(route.permission, project)
        if project is None or self.projects.has_seen(project) or (route.creates_project and principal.is_installation_admin):
            return
        await run_in_threadpool(self._ensure_exists, principal, project)

    def _ensure_exists(self, principal: Principal, project: str) -> None:
        with self.db.read() as tx:
            if not self.projects.exists(tx, project):
                raise hidden_project(project, (each.name for each in self.projects.list(tx) if principal.may_see(each.name)))

    async def _project_by_id(self, route: Route, principal: Principal, path: Mapping[str, str]) -> str:
        """The project of a thing with an id; it never changes, so it is remembered. Raises NotFound, also for what is not visible."""
        kind, id = _thing(route, path)
        project = self._project_of.get((kind, id))
        if project is None:
            try:
                project = await run_in_threadpool(self._resolve, route, path)
            except NotFound:
                if principal.is_installation_admin:
                    raise
                raise _hidden(kind, id) from None
            if len(self._project_of) >= _MOST_REMEMBERED:
                self._project_of.clear()
            self._project_of[kind, id] = project
        if not principal.may_see(project):
            raise _hidden(kind, id)
        return project

    def _resolve(self, route: Route, path: Mapping[str, str]) -> str:
        if route.project is None:
            raise RuntimeError(f"{route.method} {route.path} finds no project")
        with self.db.read() as tx:
            return route.project(tx, path)


def body_names_project(route: Route) -> bool:
    return "project" in getattr(route.body, "__annotations__", {})


def _thing(route: Route, path: Mapping[str, str]) -> tuple[str, str]:
    """Kind and id of what a path such as `/api/v1/model-versions/{version}` or `/api/v1/lineage/{kind}/{id}` names."""
    if "kind" in path:
        return path["kind"], path["id"]
    found = re.search(r"/([a-z-]+)/{(\w+)(?::path)?}", route.path)
    if found is None:
        raise RuntimeError(f"{route.method} {route.path} names nothing by an id")
    return found[1].removesuffix("s").replace("-", "_"), path[found[2]]


def _hidden(kind: str, id: str) -> NotFound:
    return NotFound(kind, id, "it does not exist, or you may not see it")
