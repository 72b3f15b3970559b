"""How the processes of meguri listen: one socket, one uvicorn, with or without TLS."""

from __future__ import annotations

import asyncio
import errno
import logging
import resource
import signal
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from meguri.core.errors import Invalid, Unavailable

logger = logging.getLogger(__name__)

HEAD_SECONDS = 10.0
"""A connection that has not sent the head of its first request after so long is closed."""
CONNECTIONS = 2_000
"""Further connections get 503 at once. Below the limit of open files, of which each takes one."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on an address or the first address of a name. Raises Unavailable for a busy port or a foreign address.

    Made with IPPROTO_TCP: with protocol 0 asyncio leaves TCP_NODELAY off, and every keep-alive answer would come some 40 ms late.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise Unavailable("address", f"{host} cannot be listened on ({error.strerror}): give an address of this machine") from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(2_048)
    except OSError as error:
        listener.close()
        advice = "stop what uses it, or choose another with --port (0 takes a free one)"
        if error.errno != errno.EADDRINUSE:
            advice = "give an address of this machine with --host, and a port that this user may listen on"
        raise Unavailable("port", f"{host}:{port} cannot be listened on ({error.strerror}): {advice}") from error
    return listener


def server_config(
    application: Any,  # Any: an ASGI application
    *,
    drain_seconds: int,
    tls_cert: str = "",
    tls_key: str = "",
    trusted_proxies: Sequence[str] = (),
) -> uvicorn.Config:
    """The configuration of uvicorn for every process. `trusted_proxies`: addresses and networks of the proxies that may
    name the client's address and scheme. Raises Invalid for TLS files that do not load."""
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http=_Protocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=[*trusted_proxies],
        limit_concurrency=_connections(),
        timeout_graceful_shutdown=drain_seconds,
        ssl_certfile=tls_cert or None,
        ssl_keyfile=tls_key or None,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise Invalid("tls_cert", f"{tls_cert} and {tls_key} cannot be loaded ({error}): give a PEM certificate and its key") from error
    return config


def read_certificate(tls_cert: str) -> str:
    """The first certificate of a PEM file, which is the server's own; empty without TLS. Raises Invalid."""
    if not tls_cert:
        return ""
    try:
        text = Path(tls_cert).read_text()
    except OSError as error:
        raise Invalid("tls_cert", f"{tls_cert} cannot be read ({error.strerror})") from error
    begin, end = text.find("-----BEGIN CERTIFICATE-----"), text.find("-----END CERTIFICATE-----")
    if begin < 0 or end < begin:
        raise Invalid("tls_cert", f"{tls_cert} holds no certificate: give a PEM file")
    return text[begin:end] + "-----END CERTIFICATE-----\n"


class Server(uvicorn.Server):
    """Calls `on_stop` when a signal asks it to stop, before connections are closed.

    The signal is not raised again afterwards, as uvicorn does, so that the caller can close what it opened.
    """

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        former = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: object) -> None:
        self._on_stop()
        super().handle_exit(sig, frame)  # type: ignore[arg-type]  # the frame is handed on as it came

    def stop(self) -> None:
        """Stop as a signal does."""
        self.handle_exit(signal.SIGTERM, None)


class _Protocol(HttpToolsProtocol):
    """Closes connections that send no request, so that they cannot keep the others out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        super().connection_made(transport)
        self._deadline = self.loop.call_later(HEAD_SECONDS, transport.close)

    def on_headers_complete(self) -> None:
        self._deadline.cancel()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()
        super().connection_lost(exc)


def _connections() -> int:
    """CONNECTIONS, or what the limit of open files leaves; the limit is raised as far as this user may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS
    if soft < wanted and (hard == resource.RLIM_INFINITY or hard > soft):
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(CONNECTIONS, soft // 2)
