"""Who may call an endpoint process. Host and Origin are checked on every route (see `access.origin`)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence

from meguri.access.origin import OriginGuard, is_loopback
from meguri.core.errors import Unauthenticated

Headers = Iterable[tuple[bytes, bytes]]


class Guard:
    """Checks the head of a request.

    Bound to loopback, predictions and metadata need no token; bound elsewhere they do. `token` None: nothing that needs one is answered.
    `control`: what the server sends to use the process's controls, and what lets it forward predictions.
    """

    def __init__(self, bound_to: str, token: str | None, more_hosts: Sequence[str] = (), *, control: str | None = None) -> None:
        self._origins = OriginGuard(bound_to, more_hosts)
        self._token = token.encode() if token else None
        self._control = control.encode() if control else None
        self.needs_token = not is_loopback(bound_to)

    def check(self, headers: Headers, *, control: bool) -> None:
        """Raises Invalid, Forbidden or Unauthenticated. `control`: the route is one of the process's controls."""
        host = origin = authorization = site = None
        for name, value in headers:
            if name == b"host":
                host = value.decode("latin-1")
            elif name == b"origin":
                origin = value.decode("latin-1")
            elif name == b"authorization":
                authorization = value
            elif name == b"sec-fetch-site":
                site = value.decode("latin-1")
        self._origins.check(host, origin, site)
        if control and not _carries(authorization, self._control):
            raise Unauthenticated("this needs the secret of the process, which the server reads from its lock file")
        if self.needs_token and not control and not (_carries(authorization, self._token) or _carries(authorization, self._control)):
            raise Unauthenticated(
                "this needs the home's token: send 'Authorization: Bearer TOKEN' with the content of the file 'token' in the home"
            )


def _carries(authorization: bytes | None, secret: bytes | None) -> bool:
    scheme, _, given = (authorization or b"").partition(b" ")
    return secret is not None and scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), secret)
