"""Search by name or id, over everything that the caller may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from meguri.access.routes import AUTHENTICATED, ListPage, Request, Route, limit_of
from meguri.app.build import Platform
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Invalid

LONGEST_QUERY = 200
PERMISSION = "lineage:read"


@dataclass(frozen=True, slots=True)
class SearchHit:
    """What was found. `id`: for what is addressed by id, and for lineage; `name`: for what is addressed by its name within `project`.

    `at`: when it was first recorded; null for what a project declares.
    """

    kind: str
    id: str
    name: str
    project: str
    at: datetime | None


class Search:
    """Compares the beginnings of names and ids, without regard to upper and lower case."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def routes(self) -> list[Route]:
        query: dict[str, type] = {"q": str, "project": str, "limit": int}
        return [Route("GET", "/api/v1/search", AUTHENTICATED, self.find, "Find by name or id", answer=ListPage[SearchHit], query=query)]

    def find(self, request: Request) -> ListPage[SearchHit]:
        """Exact matches first, then projects and what they declare, then the rest, the newest first; at most `limit` in all."""
        text, project = str(request.query.get("q", "")).strip().lower(), request.query.get("project")
        if not 0 < len(text) <= LONGEST_QUERY:
            raise Invalid("q", f"say what to look for in 1 to {LONGEST_QUERY} characters, such as ?q=retrain")
        if project is not None:
            request.principal.ensure(PERMISSION, project)
        limit = limit_of(request, 20, 100)
        with self.platform.db.read() as tx:
            known = [each.name for each in self.platform.projects.directory.list(tx)]
            visible = [each for each in known if project in (None, each) and request.principal.may(PERMISSION, each)]
            found = [*self._declared(tx, visible, text), *self._recorded(tx, visible, text, limit)]
        found.sort(key=lambda each: text not in (each.name.lower(), each.id.lower()))
        return ListPage(found[:limit])

    def _declared(self, tx: Connection, projects: list[str], text: str) -> Iterator[SearchHit]:
        for project in projects:
            if project.lower().startswith(text):
                yield SearchHit("project", project, project, project, None)
            definition = self.platform.projects.find_definition(tx, project)
            for kind, name in _names(definition) if definition is not None else ():
                if name.lower().startswith(text):
                    yield SearchHit(kind, f"{project}/{name}", name, project, None)

    def _recorded(self, tx: Connection, projects: list[str], text: str, limit: int) -> Iterator[SearchHit]:
        for experiment in self.platform.tracking.find_experiments(tx, projects, text, limit):
            yield SearchHit("experiment", experiment.id, experiment.name, experiment.project, experiment.created_at)
        for node in self.platform.lineage.find(tx, projects, text, limit):
            yield SearchHit(node.kind, node.id, node.label, node.project, node.at)


def _names(definition: ProjectDefinition) -> Iterator[tuple[str, str]]:
    """Kind and name of what has no node, or one that is named after it."""
    for kind in ("source", "feature_view", "feature_service", "pipeline", "monitor", "trigger"):
        for each in getattr(definition, f"{kind}s"):
            yield kind, each.name
