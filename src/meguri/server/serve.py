"""Runs the platform as a server process: the owner of its home."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from meguri.access.model import HOME_ADMIN
from meguri.app.build import Platform, build
from meguri.app.home import Ownership
from meguri.core.errors import Unavailable
from meguri.core.settings import Settings
from meguri.server.assemble import assemble

logger = logging.getLogger(__name__)


def serve(settings: Settings, *, ready: Callable[[str, str], None]) -> None:
    """Own the home and answer until a signal comes. `ready(url, one-time sign-in url)` is called once requests are answered.

    Raises HomeInUse, Unavailable (a busy port, a home that cannot be written).
    """
    ownership = Ownership.take(settings.home)
    try:
        listener = listen(settings.host, settings.port)
        port = int(listener.getsockname()[1])
        shown = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
        url = f"http://{shown}:{port}"
        platform = build(settings)
        try:
            _answer(platform, settings, ownership, listener, url, ready)
        finally:
            platform.close()
    finally:
        ownership.release()


def _answer(
    platform: Platform, settings: Settings, ownership: Ownership, listener: socket.socket, url: str, ready: Callable[[str, str], None]
) -> None:
    port = int(listener.getsockname()[1])
    assembled = assemble(platform, settings, port)

    def end_waiting() -> None:
        assembled.stream.close()
        platform.jobs.interrupt()

    config = uvicorn.Config(
        assembled.application,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    server = _Server(config, on_stop=end_waiting)
    platform.start(url)
    ownership.announce(url)
    ready(url, sign_in_url(url, platform.access.create_login_code(HOME_ADMIN).code) if settings.auth == "on" else url)
    server.run(sockets=[listener])


def sign_in_url(url: str, code: str) -> str:
    """The address that signs a browser in once; the part after `#` is never sent to a server by itself."""
    return f"{url}/#login={code}"


class _Server(uvicorn.Server):
    """Ends the open event streams and long polls first, so that stopping does not wait for them.

    A signal only asks it to stop: uvicorn's own handler raises the signal again, before the platform is closed.
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


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, made with IPPROTO_TCP so that asyncio sets TCP_NODELAY. Raises Unavailable for a busy port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        why = (
            f"{host}:{port} cannot be listened on ({error.strerror}): stop what uses it, or choose another with --port (0 takes a free one)"
        )
        raise Unavailable("port", why) from error
    listener.listen(1024)
    return listener
