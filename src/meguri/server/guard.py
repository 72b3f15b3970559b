"""Whether a request may come at all, and from whom.

Loopback is no protection from a web page: a page of any site can make the browser send requests here. So the `Host` must be one of ours
(a rebound DNS name is not) and a foreign `Origin` is refused. Nothing is authenticated by a cookie, so a page cannot use what the browser
holds for another one: every credential is in the Authorization header.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from meguri.access.authentication import Authentication
from meguri.access.limits import RateLimit
from meguri.access.model import Principal
from meguri.core.errors import Forbidden

SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Guard:
    """`hosts`: the `Host` values that we answer to, with port. `requests`: how often a principal may send one."""

    authentication: Authentication
    hosts: frozenset[str]
    requests: RateLimit

    def check_origin(self, request: Request) -> None:
        """Raises Forbidden for a foreign Host or Origin."""
        host = request.headers.get("host", "")
        if host.lower() not in self.hosts:
            raise Forbidden("request", f"host {host!r}", "add it to the setting allowed_hosts if it is yours")
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() not in self.hosts:
            raise Forbidden("request", f"origin {origin!r}", "pages of other sites may not call meguri")
        if request.headers.get("sec-fetch-site") == "cross-site" and request.method not in SAFE:
            raise Forbidden("request", "another site's page", "pages of other sites may not call meguri")

    async def authenticate(self, request: Request) -> Principal:
        """The principal of a request. Raises Unauthenticated, LimitExceeded."""
        authorization = request.headers.get("authorization", "")
        principal = self.authentication.find(authorization)
        if principal is None:
            principal = await run_in_threadpool(self.authentication.authenticate, authorization, address_of(request))
        self.requests.take(principal.id)
        return principal


def address_of(request: Request) -> str:
    return request.client.host if request.client is not None else ""
