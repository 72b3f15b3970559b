"""The whole ASGI application."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request as Incoming
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.routing import Route as Mounted

from meguri.access.routes import OPEN, Request, Route
from meguri.core.errors import MeguriError, NotFound
from meguri.core.json import JsonObject
from meguri.server.errors import problem
from meguri.server.guard import Guard
from meguri.server.mount import mount
from meguri.server.openapi import document
from meguri.server.permissions import Permissions
from meguri.server.ui import ui_routes


def build_application(
    routes: Sequence[Route],
    *,
    guard: Guard,
    permissions: Permissions,
    version: str,
    ui: Path,
) -> Starlette:
    """Our routes, `/openapi.json` that describes them, and the UI."""
    described = [*routes]

    def openapi(_request: Request) -> Response:
        return Response(content, media_type="application/json")

    described.append(Route("GET", "/openapi.json", OPEN, openapi, "This document", answer=JsonObject))
    content = msgspec.json.encode(document(described, version))
    mounted: list[BaseRoute] = [mount(route, guard, permissions) for route in described]

    async def unknown(incoming: Incoming) -> Response:
        try:
            guard.check_origin(incoming)
        except MeguriError as error:
            return problem(error)
        return problem(NotFound("route", f"{incoming.method} {incoming.url.path}", "see /openapi.json"))

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return Starlette(routes=[*mounted, Mounted("/api/{rest:path}", unknown, methods=methods), *ui_routes(guard, ui)])
