"""Routes of projects and bundles."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from meguri.access.model import Principal
from meguri.access.routes import AUTHENTICATED, BUNDLE, ListPage, Request, Route
from meguri.core.definitions.project import ProjectDefinition
from meguri.core.errors import Forbidden, Invalid
from meguri.db.engine import Database
from meguri.registry.projects import AppliedProject, Plan, Projects


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


DEPLOYING = ("endpoint", "trigger")
"""Kinds of definitions that decide what is deployed; a trigger holds its policy and its gate."""

Apply = Callable[[Connection, bytes, bytes], Plan]


def routes(db: Database, projects: Projects, apply_bundle: Apply) -> list[Route]:
    """`apply_bundle`: stores a bundle and lets every capability note what it declares, in one transaction."""

    def planned(tx: Connection, project: str, manifest: bytes, archive: bytes) -> Plan:
        plan = projects.plan(tx, manifest, archive)
        if plan.project != project:
            raise Invalid("manifest", f"is of project {plan.project!r}: send it to that one, not to {project!r}")
        return plan

    def plan(request: Request) -> Plan:
        manifest, archive = _decoded(request.body)
        with db.read() as tx:
            return planned(tx, request.path["project"], manifest, archive)

    def apply(request: Request) -> Plan:
        manifest, archive = _decoded(request.body)
        with db.write() as tx:
            _ensure_may_apply(request.principal, planned(tx, request.path["project"], manifest, archive))
            return apply_bundle(tx, manifest, archive)

    def show(request: Request) -> ProjectDetails:
        with db.read() as tx:
            project = projects.get_project(tx, request.path["project"])
            definition = projects.get_definition(tx, project.name)
            return ProjectDetails(project.name, projects.events.watermark(tx, project.name), project.bundle, project.applied_at, definition)

    def list_projects(request: Request) -> ListPage[ProjectSummary]:
        with db.read() as tx:
            applied = {each.name: each for each in projects.list_projects(tx)}
            names = [each.name for each in projects.directory.list(tx) if request.principal.may_see(each.name)]
            return ListPage([_summary(tx, projects, name, applied.get(name)) for name in names])

    return [
        Route("GET", "/api/v1/projects", AUTHENTICATED, list_projects, "Projects that the caller may see", answer=ListPage[ProjectSummary]),
        Route(
            "POST",
            "/api/v1/projects/{project}/bundles/plan",
            "bundles:read",
            plan,
            "What applying a bundle would change",
            BundleUpload,
            Plan,
            largest_body=BUNDLE,
            creates_project=True,
        ),
        Route(
            "POST",
            "/api/v1/projects/{project}/bundles/apply",
            "bundles:write",
            apply,
            "Store a bundle and make it current",
            BundleUpload,
            Plan,
            largest_body=BUNDLE,
            creates_project=True,
        ),
        Route("GET", "/api/v1/projects/{project}", "projects:read", show, "A project with all that it declares", answer=ProjectDetails),
    ]


def _decoded(upload: BundleUpload) -> tuple[bytes, bytes]:
    """Manifest and archive. Raises Invalid."""
    try:
        return base64.b64decode(upload.manifest, validate=True), base64.b64decode(upload.archive, validate=True)
    except binascii.Error as error:
        raise Invalid("body", f"is not base64 ({error}): send manifest and archive as `meguri apply` does") from error


def _ensure_may_apply(principal: Principal, plan: Plan) -> None:
    """Endpoints and triggers decide what is deployed: to change them needs what a deployment needs. Raises Forbidden."""
    changed = [f"{each.kind} {each.name}" for each in plan.changes if each.kind in DEPLOYING]
    if changed and not principal.may("endpoints:operate", plan.project):
        why = "they decide what is deployed, which needs the role operator: ask an operator to apply this bundle, or leave them as they are"
        raise Forbidden("changing", f"{', '.join(changed)} of project {plan.project!r}", why)


def _summary(tx: Connection, projects: Projects, name: str, applied: AppliedProject | None) -> ProjectSummary:
    if applied is None:
        return ProjectSummary(name, None, None, "", None, None)
    definition = projects.get_definition(tx, name)
    watermark = projects.events.watermark(tx, name)
    return ProjectSummary(name, definition.clock, watermark, definition.description, applied.bundle, applied.applied_at)
