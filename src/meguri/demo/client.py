"""An HTTP client for many small requests to one server, on one connection.

It is `http.client` and not httpx because the replay sends tens of thousands of requests: 0.16 ms each, httpx takes 0.59 ms.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import msgspec

from meguri.core.errors import MeguriError, Unavailable
from meguri.core.json import Json
from meguri.core.retries import retrying

IDLE_SECONDS = 2.0
"""After so long without a request the connection is opened anew: servers close idle ones, and the next request would be lost."""
RETRYABLE = {429, 502, 503}


class RetryingClient:
    """Posts JSON, and posts it again for up to `within_seconds` if no answer came: requests must be safe to send twice.

    `find_url` returns the server's address, and is called again after each failure. `failed` counts the attempts without a good answer.
    """

    def __init__(self, find_url: Callable[[], str], headers: Mapping[str, str], *, within_seconds: float = 120.0) -> None:
        self._find_url, self._headers, self._within_seconds = find_url, {"Content-Type": "application/json", **headers}, within_seconds
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0
        self.failed = 0

    def post(self, path: str, body: object) -> Json:
        """The decoded answer. Raises Unavailable where none came in time, MeguriError for a request that was refused."""
        errors = (OSError, http.client.HTTPException)
        try:
            return retrying(*errors, within_seconds=self._within_seconds, first_seconds=0.05, longest_seconds=1.0)(
                self._post, path, msgspec.json.encode(body)
            )
        except errors as error:
            why = f"{type(error).__name__}: {error}"
            raise Unavailable("server", f"POST {path} was not answered within {self._within_seconds:g} s ({why})") from error

    def _post(self, path: str, content: bytes) -> Json:
        try:
            status, answer = self._send(path, content)
            if not 200 <= status < 300:
                why = f"status {status}: {answer[:300].decode(errors='replace')}"
                raise ConnectionError(why) if status in RETRYABLE else MeguriError(f"POST {path} was refused with {why}")
        except Exception:
            self.failed += 1
            self.close()
            raise
        return msgspec.json.decode(answer)

    def _send(self, path: str, content: bytes) -> tuple[int, bytes]:
        now = time.monotonic()
        if self._connection is None or now - self._used > IDLE_SECONDS:
            self.close()
            address = urlsplit(self._find_url())
            self._connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=30)
        self._connection.request("POST", path, content, self._headers)
        response = self._connection.getresponse()
        answer = response.status, response.read()
        self._used = time.monotonic()
        return answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
