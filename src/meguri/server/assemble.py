"""The routes of all capabilities, as one application."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from starlette.applications import Starlette

import meguri.automation.routes
import meguri.datasets.routes
import meguri.delivery.compare
import meguri.delivery.routes
import meguri.features.routes
import meguri.monitoring.routes
import meguri.pipelines.routes
import meguri.registry.projects_routes
import meguri.registry.routes
import meguri.serving.routes
import meguri.tracking.routes
from meguri.access.routes import ListPage, Request, Route
from meguri.access.tokens import Tokens
from meguri.app.build import Platform
from meguri.core.settings import Settings
from meguri.registry.projects_routes import summaries
from meguri.server.asgi import build_application, hosts_for
from meguri.server.known import KnownProjects
from meguri.server.overview import Overview
from meguri.server.platform_routes import PlatformRoutes
from meguri.server.stream import Stream
from meguri.server.ui import ui_folder


@dataclass(frozen=True, slots=True)
class Assembled:
    """The application, and the event stream that must be closed before it stops."""

    application: Starlette
    stream: Stream


def assemble(platform: Platform, settings: Settings, port: int) -> Assembled:
    """The application of a platform that listens on a port."""
    stream = Stream(platform.db, platform.events)
    platform.db.on_commit(stream.wake)
    platform.tracking.on_points(stream.points)

    def list_names() -> list[str]:
        with platform.db.read() as tx:
            return [each.name for each in platform.projects.list_projects(tx)] + platform.tracking.list_projects()

    application = build_application(
        all_routes(platform, stream),
        tokens=Tokens(platform.token),
        hosts=hosts_for(settings.host, port, settings.allowed_hosts),
        cookie=f"meguri_session_{port}",
        version=version("meguri"),
        ui=ui_folder(),
        projects=KnownProjects(list_names),
    )
    return Assembled(application, stream)


def all_routes(platform: Platform, stream: Stream) -> list[Route]:
    """Every route of our own REST."""

    def list_projects(_request: Request) -> ListPage[Any]:
        with platform.db.read() as tx:
            return summaries(tx, platform.projects, platform.tracking.list_projects())

    own = PlatformRoutes(
        platform.db,
        platform.events,
        platform.jobs,
        platform.lineage,
        platform.watermarks.ask,
        version("meguri"),
        platform.serving.find_prediction,
    )
    live = Route("GET", "/api/v1/stream", "events:read", stream.answer, "Events as they happen (SSE)", query={"project": str, "after": int})
    return [
        *own.routes(),
        live,
        Route("GET", "/api/v1/projects", "projects:read", list_projects, "All projects", answer=ListPage),
        *Overview(platform).routes(),
        *meguri.registry.projects_routes.routes(platform.db, platform.projects, platform.applying.apply),
        *meguri.tracking.routes.routes(platform.tracking),
        *meguri.datasets.routes.routes(platform.datasets),
        *meguri.features.routes.routes(platform.features),
        *meguri.registry.routes.routes(platform.registry),
        *meguri.pipelines.routes.routes(platform.pipelines),
        *meguri.serving.routes.routes(platform.serving),
        *meguri.monitoring.routes.routes(platform.monitoring),
        *meguri.delivery.routes.routes(platform.delivery),
        *meguri.delivery.compare.routes(platform.comparisons),
        *meguri.automation.routes.routes(platform.automation),
    ]
