"""A lean HTTP client for many small requests: one kept connection, and patience while a server is away."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from meguri.core.errors import MeguriError, Unavailable

IDLE_SECONDS = 2.0
"""A connection that rested longer is opened anew: servers close idle ones, and the request would be lost in between."""
RETRYABLE = {429, 502, 503}


class Wire:
    """Posts JSON to one server. Requests must be safe to send again: whatever was not answered is sent until `patience_seconds` are over.

    `find_url` gives the server's address, and is asked again after each failure. `failed` counts attempts that were not answered well.
    """

    def __init__(self, find_url: Callable[[], str], headers: Mapping[str, str], *, patience_seconds: float = 120.0) -> None:
        self._find_url, self._headers, self._patience = find_url, {"Content-Type": "application/json", **headers}, patience_seconds
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0
        self.failed = 0

    def post(self, path: str, body: object) -> Any:  # Any: JSON
        """The decoded answer. Raises Unavailable when patience is over, MeguriError for a request that was refused."""
        content = msgspec.json.encode(body)
        deadline = time.monotonic() + self._patience
        pause = 0.05
        while True:
            try:
                status, answer = self._send(path, content)
            except (OSError, http.client.HTTPException) as error:
                why = f"{type(error).__name__}: {error}"
            else:
                if 200 <= status < 300:
                    return msgspec.json.decode(answer)
                why = f"status {status}: {answer[:300].decode(errors='replace')}"
                if status not in RETRYABLE:
                    self.failed += 1
                    raise MeguriError(f"POST {path} was refused with {why}")
            self.failed += 1
            self.close()
            if time.monotonic() > deadline:
                raise Unavailable("server", f"POST {path} was not answered within {self._patience:g} s ({why})")
            time.sleep(pause)
            pause = min(pause * 2, 1.0)

    def _send(self, path: str, content: bytes) -> tuple[int, bytes]:
        now = time.monotonic()
        if self._connection is None or now - self._used > IDLE_SECONDS:
            self.close()
            place = urlsplit(self._find_url())
            self._connection = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=30)
        self._connection.request("POST", path, content, self._headers)
        response = self._connection.getresponse()
        answer = response.status, response.read()
        self._used = time.monotonic()
        return answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
