"""The embedded owner: the same platform inside a client's process, answered over an in-process ASGI transport."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import httpx

from meguri.app.build import Platform, build
from meguri.app.home import Ownership
from meguri.core.settings import Settings
from meguri.server.assemble import assemble

T = TypeVar("T")
Application = Callable[..., Coroutine[Any, Any, None]]  # Any: ASGI messages


def open(home: Path) -> httpx.BaseTransport:
    """Own a home from inside this process. Raises HomeInUse where another process owns it. `close()` of the transport gives it up."""
    ownership = Ownership.take(home)
    try:
        settings = Settings(home=home, port=0)
        platform = build(settings)
    except BaseException:
        ownership.release()
        raise
    platform.start()
    return EmbeddedTransport(assemble(platform, settings, 80).application, platform, ownership)


class EmbeddedTransport(httpx.BaseTransport):
    """Runs the application's event loop in a thread of its own; requests come from any thread."""

    def __init__(self, application: Application, platform: Platform, ownership: Ownership) -> None:
        self._inner = httpx.ASGITransport(app=application)
        self._platform, self._ownership = platform, ownership
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="meguri-embedded", daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=content)
        return self._run(self._answer(sent))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        content = b"".join([part async for part in answer.stream])  # type: ignore[union-attr]  # an ASGI answer is always async
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:  # Any: the protocol of coroutines
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._platform.close()
        self._ownership.release()
