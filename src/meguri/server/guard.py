"""Who a request comes from, and whether it may come at all.

Loopback is no protection from a web page: a page of any site can make the browser send requests here. So the `Host` must be one of ours
(a rebound DNS name is not), a foreign `Origin` is refused, and everything but the open routes needs the home's token or the UI's session;
a session must bring its CSRF header for whatever changes something.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from meguri.access.routes import OPEN
from meguri.access.tokens import Session, Tokens
from meguri.core.errors import Forbidden, Unauthenticated

SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Guard:
    """`hosts`: the `Host` values that we answer to, with port."""

    tokens: Tokens
    hosts: frozenset[str]
    cookie: str

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

    def check_caller(self, request: Request, permission: str) -> None:
        """Raises Unauthenticated or Forbidden."""
        if permission == OPEN:
            return
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            if self.tokens.accepts(token.strip()):
                return
            raise Unauthenticated("the token is not that of this home: read it from the file `token` in the home folder")
        session = self.session(request)
        if session is None:
            raise Unauthenticated(
                "no token came with the request: send `Authorization: Bearer ...` with what the file `token` in the home holds"
            )
        sent = request.headers.get("x-meguri-csrf", "")
        if request.method not in SAFE and not hmac.compare_digest(sent.encode(), session.csrf.encode()):
            raise Forbidden(request.method, request.url.path, "the X-Meguri-Csrf header is missing or wrong: reload the page")

    def session(self, request: Request) -> Session | None:
        value = request.cookies.get(self.cookie)
        return None if value is None else self.tokens.find_session(value, int(time.time()))
