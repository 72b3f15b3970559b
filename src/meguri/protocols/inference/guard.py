"""Who may call an endpoint process: loopback is no protection from a web page, so Host and Origin are checked on every spec."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterable, Sequence

from meguri.core.errors import Forbidden, Invalid, Unauthenticated

Headers = Iterable[tuple[bytes, bytes]]

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether a server bound to `host` can be reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """Checks the head of a request.

    Only the host names listed (with any port) are answered, so a page that rebinds its DNS name to this machine is refused; a request
    that a page of another origin sends is refused by its Origin. Bound to loopback, predictions and metadata need no token; bound
    elsewhere they do. `token` None: nothing that needs one is answered.
    """

    def __init__(self, bound_to: str, token: str | None, more_hosts: Sequence[str] = ()) -> None:
        bound = [] if bound_to in ("0.0.0.0", "::") else [f"[{bound_to}]" if ":" in bound_to else bound_to]
        self._names = {name.lower() for name in (*_LOOPBACK, *bound, *more_hosts)}
        self._seen: set[bytes] = set()
        self._token = token.encode() if token else None
        self.needs_token = not is_loopback(bound_to)

    def check(self, headers: Headers, *, token: bool) -> None:
        """Raises Invalid, Forbidden or Unauthenticated. `token`: the spec needs one whatever the address."""
        host = origin = authorization = site = None
        for name, value in headers:
            if name == b"host":
                host = value
            elif name == b"origin":
                origin = value
            elif name == b"authorization":
                authorization = value
            elif name == b"sec-fetch-site":
                site = value
        if host is None:
            raise Invalid("Host", "the header is missing: send it")
        if host not in self._seen:
            self._check_host(host)
        if origin is not None and origin not in (b"http://" + host, b"https://" + host):
            raise Forbidden("calling", "this endpoint", f"the page at {_text(origin)} is of another origin: call it from your own program")
        if site == b"cross-site":
            raise Forbidden("calling", "this endpoint", "a page of another origin sent this: call it from your own program")
        if token or self.needs_token:
            self._check_token(authorization)

    def _check_host(self, host: bytes) -> None:
        name, _, port = _text(host).lower().rpartition(":")
        if not name or not port.isdigit():
            name = _text(host).lower()
        if name not in self._names:
            known = ", ".join(sorted(self._names))
            raise Forbidden(
                "calling", "this endpoint", f"it does not answer to the name {_text(host)!r}, only to {known}: add it with --allow-host"
            )
        if len(self._seen) < 1_000:
            self._seen.add(host)

    def _check_token(self, authorization: bytes | None) -> None:
        scheme, _, given = (authorization or b"").partition(b" ")
        if self._token is None or scheme.lower() != b"bearer" or not hmac.compare_digest(given.strip(), self._token):
            raise Unauthenticated(
                "this needs the home's token: send 'Authorization: Bearer TOKEN' with the content of the file 'token' in the home"
            )


def _text(value: bytes) -> str:
    return value.decode("latin-1")[:200]
