"""Who may call an endpoint process. Host and Origin are checked on every route (see `access.origin`)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from typing import Literal

from meguri.access.origin import OriginGuard
from meguri.core.errors import Unauthenticated
from meguri.serving.callers import CallerCheck

Headers = Iterable[tuple[bytes, bytes]]
Needs = Literal["nothing", "read", "predict", "control"]
"""What a route asks for: nothing (health), a token that reads or predicts, or the secret of the process."""


class Guard:
    """Checks the head of a request.

    `callers`: who may ask for predictions, and who may read metadata and metrics. `control`: what the server sends to use the process's
    controls, and what lets it forward predictions.
    """

    def __init__(self, bound_to: str, callers: CallerCheck, more_hosts: Sequence[str] = (), *, control: str | None = None) -> None:
        self._origins = OriginGuard(bound_to, more_hosts)
        self._callers = callers
        self._control = control.encode() if control else None

    def check(self, headers: Headers, needs: Needs) -> None:
        """Raises Invalid, Forbidden or Unauthenticated."""
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
        if needs == "nothing" or (needs != "control" and self._callers.allows(authorization, predicts=needs == "predict")):
            return
        if _carries(authorization, self._control):
            return
        if needs == "control":
            raise Unauthenticated("this needs the secret of the process, which the server reads from its lock file")
        raise Unauthenticated(
            f"this needs a token with the scope {needs} for this project: make one with `meguri tokens create NAME --scope {needs}` and "
            "send 'Authorization: Bearer TOKEN'"
        )


def _carries(authorization: bytes | None, secret: bytes | None) -> bool:
    scheme, _, given = (authorization or b"").partition(b" ")
    return secret is not None and scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), secret)
