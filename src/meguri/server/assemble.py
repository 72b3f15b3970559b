"""The routes of all capabilities, as one application."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.metadata import version

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
from meguri.access.account_routes import AccountRoutes
from meguri.access.admin_routes import AdminRoutes
from meguri.access.audit import AuditRoutes
from meguri.access.authentication import Authenticator, NoAuthentication, SignInLimits
from meguri.access.limits import RateLimit
from meguri.access.origin import OriginGuard, is_loopback
from meguri.access.routes import AUTHENTICATED, Route
from meguri.app.build import Platform
from meguri.core.errors import Invalid
from meguri.core.settings import Settings
from meguri.events.service import Event
from meguri.server.asgi import build_application
from meguri.server.commits import Commits
from meguri.server.deliveries import delivery_routes
from meguri.server.guard import Guard
from meguri.server.health import HealthRoutes, checks_of
from meguri.server.overview import Overview
from meguri.server.permissions import Permissions
from meguri.server.platform_routes import PlatformRoutes
from meguri.server.search import Search
from meguri.server.stream import Stream
from meguri.server.ui import ui_folder

SIGN_IN_BURST, SIGN_IN_PER_SECOND = 10.0, 1 / 6
"""Ten failed attempts to sign in at once, then ten a minute, by address, and by user from one address."""
OF_USER = 20
"""So many times more by user from all addresses: guessing stays bounded, and somebody elsewhere cannot easily keep a user out."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """The application, and the event stream that must be closed before it stops."""

    application: Starlette
    stream: Stream


def assemble(platform: Platform, settings: Settings, port: int) -> Assembled:
    """The application of a platform that listens on a port."""
    stream = Stream(platform.db, platform.events, Commits())
    platform.db.on_commit(stream.commits.wake)
    platform.tracking.on_points(stream.points)
    accounts = _authenticator(platform, settings)
    guard = Guard(
        accounts or NoAuthentication(),
        OriginGuard(settings.host, settings.allowed_hosts),
        RateLimit("requests of one user", settings.rate_limit, 2 * settings.rate_limit, time.monotonic),
    )
    application = build_application(
        all_routes(platform, stream, accounts),
        guard=guard,
        permissions=Permissions(platform.db, platform.directory),
        version=version("meguri"),
        ui=ui_folder(),
    )
    return Assembled(application, stream)


def _authenticator(platform: Platform, settings: Settings) -> Authenticator | None:
    """None where authentication is off. Raises Invalid for that on an address that other machines reach."""
    if settings.auth == "on":
        attempts, of_user = (
            RateLimit("attempts to sign in", times * SIGN_IN_PER_SECOND, times * SIGN_IN_BURST, time.monotonic) for times in (1, OF_USER)
        )
        return Authenticator(platform.access, platform.token, attempts=SignInLimits(attempts, of_user))
    if not is_loopback(settings.host):
        why = f"off makes everybody an administrator, and other machines reach {settings.host}: leave it on, or listen on 127.0.0.1"
        raise Invalid("auth", why)
    return None


def all_routes(platform: Platform, stream: Stream, accounts: Authenticator | None) -> list[Route]:
    """Every route of our own REST. `accounts` None: authentication is off."""
    own = PlatformRoutes(
        platform.db,
        platform.events,
        platform.jobs,
        platform.lineage,
        platform.watermarks.ask,
        platform.serving.get_prediction,
        stream.commits,
    )
    query: dict[str, type] = {"project": str, "after": int}
    live = Route(
        "GET",
        "/api/v1/stream",
        AUTHENTICATED,
        stream.answer,
        "Follow events as they happen",
        answer=Event,
        query=query,
        media_type="text/event-stream",
    )
    return [
        *HealthRoutes(checks_of(platform), version("meguri")).routes(),
        *own.routes(),
        *delivery_routes(platform.db, platform.events),
        live,
        *AccountRoutes(platform.access, None if accounts is None else accounts.attempts).routes(),
        *AdminRoutes(platform.access).routes(),
        *AuditRoutes(platform.db, platform.events).routes(),
        *Overview(platform).routes(),
        *Search(platform).routes(),
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
