"""Runs the platform as a server process: the owner of its home."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress

from meguri.access.model import HOME_ADMIN
from meguri.access.origin import is_loopback, shown_host
from meguri.app.build import Platform, build
from meguri.app.home import Ownership
from meguri.app.listener import Server, listen, read_certificate, server_config
from meguri.core.errors import Invalid, Unavailable
from meguri.core.settings import Settings
from meguri.server.assemble import assemble

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 5


def serve(settings: Settings, *, ready: Callable[[str, str], None]) -> None:
    """Own the home and answer until a signal comes. `ready(url, one-time sign-in url)` is called once requests are answered.

    Raises HomeInUse, Unavailable (a busy port, a home that cannot be written), Invalid (TLS files that cannot be read).
    """
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise Invalid("tls_cert", "TLS needs a certificate and its key: give --tls-cert and --tls-key, or neither")
    certificate = read_certificate(settings.tls_cert)
    os.umask(0o077)  # what is written in the home is this user's alone
    ownership = Ownership.take(settings.home)
    try:
        listener = listen(settings.host, settings.port)
        platform = build(settings)
        try:
            _answer(platform, settings, ownership, listener, certificate, ready)
        finally:
            platform.close()
    finally:
        ownership.release()


def _answer(
    platform: Platform,
    settings: Settings,
    ownership: Ownership,
    listener: socket.socket,
    certificate: str,
    ready: Callable[[str, str], None],
) -> None:
    port = int(listener.getsockname()[1])
    url = f"{'https' if certificate else 'http'}://{shown_host(settings.host)}:{port}"
    assembled = assemble(platform, settings, port)

    def stop() -> None:
        with suppress(Unavailable):
            ownership.announce("")  # before the port is free: another process may take it while the home is still being closed
        assembled.stream.close()
        platform.jobs.interrupt()

    config = server_config(
        assembled.application,
        drain_seconds=DRAIN_SECONDS,
        tls_cert=settings.tls_cert,
        tls_key=settings.tls_key,
        trusted_proxies=settings.trusted_proxies,
    )
    if not certificate and not is_loopback(settings.host):
        logger.warning(
            "tokens and data travel unencrypted: use --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy with TLS",
            extra={"host": settings.host},
        )
    platform.start()
    ownership.announce(url, certificate)
    ready(url, sign_in_url(url, platform.access.create_login_code(HOME_ADMIN).code) if settings.auth == "on" else url)
    Server(config, stop).run(sockets=[listener])


def sign_in_url(url: str, code: str) -> str:
    """The address that signs a browser in once; a browser sends nothing of what comes after `#`."""
    return f"{url}/#login={code}"
