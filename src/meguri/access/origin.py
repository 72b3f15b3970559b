"""Which host names and origins a server answers to.

Loopback does not protect a server from web pages: a page of any site can make the browser send requests to this machine. So the `Host` must
be one of the server's names (a DNS name that an attacker points at this machine is not), and an `Origin` must be that of the server itself.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

from meguri.core.errors import Forbidden, Invalid

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
WILDCARDS = ("0.0.0.0", "::")


def is_loopback(host: str) -> bool:
    """Whether a server bound to `host` can be reached from this machine alone."""
    if host == "localhost":
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def shown_host(host: str) -> str:
    """The address of a bound server in URLs for this machine: loopback for a wildcard, brackets around IPv6."""
    if host in WILDCARDS:
        return "127.0.0.1" if host == "0.0.0.0" else "[::1]"
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


class OriginGuard:
    """Checks `Host`, `Origin` and `Sec-Fetch-Site` of requests to a server bound to `host`.

    It answers to the loopback names, to `host` and to `more`, with any port. Bound to a wildcard address it also answers to the names of
    this machine and to every IP address: only names can be pointed elsewhere.
    """

    def __init__(self, host: str, more: Sequence[str] = ()) -> None:
        self._any_address = host in WILDCARDS
        own = (socket.gethostname(), socket.getfqdn()) if self._any_address else (shown_host(host),)
        self.names = frozenset(_name(each) for each in (*LOOPBACK, *own, *more) if each)
        self._seen: set[str] = set()

    def check(self, host: str | None, origin: str | None, site: str | None) -> None:
        """Raises Invalid without a Host, Forbidden for a foreign Host or Origin. `site`: the header Sec-Fetch-Site, None where a page of
        another site may send this request (following a link)."""
        if not host:
            raise Invalid("Host", "the header is missing: send it")
        if host not in self._seen:
            self._check_host(host)
        if origin is not None and origin.lower() not in (f"http://{host.lower()}", f"https://{host.lower()}"):
            raise Forbidden("calling", "this server", f"the page at {origin[:200]!r} is of another origin: call it from your own program")
        if site == "cross-site":
            raise Forbidden("calling", "this server", "a page of another site sent this request: call it from your own program")

    def _check_host(self, host: str) -> None:
        name = _name(host)
        if name not in self.names and not (self._any_address and _address(name) is not None):
            known = ", ".join(sorted(self.names))
            raise Forbidden(
                "calling", "this server", f"it does not answer to the host {host[:200]!r}, only to {known}: add yours to allowed_hosts"
            )
        if len(self._seen) < 1_000:
            self._seen.add(host)


def _name(host: str) -> str:
    name, _, port = host.lower().rpartition(":")
    return name if name and port.isdigit() and (":" not in name or name.endswith("]")) else host.lower()


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
