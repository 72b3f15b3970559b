"""Routes of projects and bundles."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from meguri.access.routes import ListPage, Request, Route
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Invalid
from meguri.db.engine import Database
from meguri.registry.projects import Plan, Projects


@dataclass(frozen=True, slots=True)
class BundleUpload:
    """`manifest`: the project's definition as JSON; `archive`: its source as an uncompressed tar. Both in base64."""

    manifest: str
    archive: str


@dataclass(frozen=True, slots=True)
class ProjectSummary:
    """A project as a list shows it."""

    name: str
    clock: str | None
    watermark: datetime | None
    description: str
    bundle: str | None
    applied_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProjectDetails:
    """A project with all that it declares."""

    name: str
    watermark: datetime | None
    bundle: str
    applied_at: datetime
    definition: ProjectDefinition


Apply = Callable[[Connection, ProjectDefinition, bytes], Plan]


def routes(db: Database, projects: Projects, apply_bundle: Apply) -> list[Route]:
    """`apply_bundle`: stores a bundle and lets every capability note what it declares, in one transaction."""

    def decoded(request: Request) -> tuple[ProjectDefinition, bytes]:
        upload: BundleUpload = request.body
        try:
            return ProjectDefinition.from_json(base64.b64decode(upload.manifest, validate=True)), base64.b64decode(
                upload.archive, validate=True
            )
        except binascii.Error as error:
            raise Invalid("body", f"is not base64 ({error}): send manifest and archive as `meguri apply` does") from error

    def plan(request: Request) -> Plan:
        definition, archive = decoded(request)
        with db.read() as tx:
            return projects.plan(tx, definition, archive)

    def apply(request: Request) -> Plan:
        definition, archive = decoded(request)
        with db.write() as tx:
            return apply_bundle(tx, definition, archive)

    def show(request: Request) -> ProjectDetails:
        with db.read() as tx:
            project = projects.get_project(tx, request.path["project"])
            definition = projects.get_definition(tx, project.name)
            return ProjectDetails(project.name, projects.events.watermark(tx, project.name), project.bundle, project.applied_at, definition)

    return [
        Route("POST", "/api/v1/bundles/plan", "bundles:read", plan, "What applying a bundle would change", BundleUpload, Plan),
        Route("POST", "/api/v1/bundles/apply", "bundles:write", apply, "Store a bundle and make it current", BundleUpload, Plan),
        Route("GET", "/api/v1/projects/{project}", "projects:read", show, "A project with all that it declares", answer=ProjectDetails),
    ]


def summaries(tx: Connection, projects: Projects, more: list[str]) -> ListPage[Any]:
    """All projects: those that were applied, and those that only have runs (`more`)."""
    applied = projects.list_projects(tx)
    found = []
    for each in applied:
        definition = projects.get_definition(tx, each.name)
        watermark = projects.events.watermark(tx, each.name)
        found.append(ProjectSummary(each.name, definition.clock, watermark, definition.description, each.bundle, each.applied_at))
    known = {each.name for each in applied}
    found += [ProjectSummary(name, None, None, "", None, None) for name in more if name not in known]
    return ListPage(sorted(found, key=lambda each: each.name))
