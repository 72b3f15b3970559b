"""The whole server in this process, on a clock that a test moves; its periodic tasks, endpoints and workers are the real ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from meguri.app.build import Platform, build
from meguri.app.listener import listen, server_config
from meguri.core.settings import Settings
from meguri.server.assemble import assemble
from meguri.testing.ledger import SettableClock

INTERVAL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class ClockedServer:
    """`clock`: the wall clock of the server. The processes that it starts have the real one."""

    platform: Platform
    clock: SettableClock
    url: str

    @property
    def home(self) -> Path:
        return self.platform.home.path

    @property
    def token(self) -> str:
        return (self.home / "token").read_text().strip()


@contextmanager
def clocked_server(home: Path, clock: SettableClock) -> Iterator[ClockedServer]:
    """A server whose periodic tasks run five times a second."""
    settings = Settings(home=home, port=0, watermark_seconds=INTERVAL_SECONDS)
    platform = build(settings, clock)
    listener = listen("127.0.0.1", 0)
    port = int(listener.getsockname()[1])
    assembled = assemble(platform, settings, port)
    server = uvicorn.Server(server_config(assembled.application, drain_seconds=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="clocked-server")
    url = f"http://127.0.0.1:{port}"
    platform.start()
    thread.start()
    try:
        wait_until(lambda: server.started, "the server answers")
        yield ClockedServer(platform, clock, url)
    finally:
        assembled.stream.close()
        server.should_exit = True
        thread.join()
        platform.close()


def wait_until(seen: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)
