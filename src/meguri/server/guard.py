"""Whether a request may come at all, and from whom.

Loopback is no protection from a web page: a page of any site can make the browser send requests here. So the `Host` must be one of ours
(a rebound DNS name is not) and a foreign `Origin` is refused. Nothing is authenticated by a cookie, so a page cannot use what the browser
holds for another one: every credential is in the Authorization header.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from meguri.access.authentication import Authentication
from meguri.access.limits import RateLimit
from meguri.access.model import Principal
from meguri.access.origin import OriginGuard

SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Guard:
    """`hosts`: the host names and origins that the server answers to. `requests`: how often a user
    may send one, with all tokens and sessions."""

    authentication: Authentication
    hosts: OriginGuard
    requests: RateLimit

    def check_origin(self, request: Request) -> None:
        """Raises Invalid without a Host, Forbidden for a foreign Host or Origin. A link on another site's page may be followed."""
        headers = request.headers
        site = None if request.method in SAFE else headers.get("sec-fetch-site")
        self.hosts.check(headers.get("host"), headers.get("origin"), site)

    async def authenticate(self, request: Request) -> Principal:
        """The principal of a request. Raises Unauthenticated, LimitExceeded."""
        authorization = request.headers.get("authorization", "")
        principal = self.authentication.find(authorization)
        if principal is None:
            principal = await run_in_threadpool(self.authentication.authenticate, authorization, address_of(request))
        self.requests.take(principal.user)
        return principal


def address_of(request: Request) -> str:
    return request.client.host if request.client is not None else ""
