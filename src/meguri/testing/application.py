"""The routes of one capability as an application, for tests without a whole platform."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from starlette.applications import Starlette

from meguri.access.authentication import Authentication
from meguri.access.credentials import HOME_TOKEN
from meguri.access.limits import RateLimit
from meguri.access.model import Principal
from meguri.access.origin import OriginGuard
from meguri.access.projects import ProjectDirectory
from meguri.access.routes import Route
from meguri.core.errors import Unauthenticated
from meguri.db.engine import Database
from meguri.server.asgi import build_application
from meguri.server.guard import Guard
from meguri.server.permissions import Permissions


class OneToken:
    """Accepts one token, which may do everything."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def find(self, authorization: str) -> Principal | None:
        return HOME_TOKEN if authorization == self._header else None

    def authenticate(self, authorization: str, address: str) -> Principal:
        found = self.find(authorization)
        if found is None:
            raise Unauthenticated("that is not the token of this test")
        return found


def application_of(
    routes: Sequence[Route],
    db: Database,
    directory: ProjectDirectory,
    *,
    hosts: OriginGuard,
    authentication: Authentication | None = None,
    ui: Path = Path("no-ui"),
) -> Starlette:
    """Without `authentication`, the token `secret` may do everything."""
    guard = Guard(authentication or OneToken("secret"), hosts, RateLimit("requests", 0, 0, lambda: 0.0))
    return build_application(routes, guard=guard, permissions=Permissions(db, directory), version="0", ui=ui)
