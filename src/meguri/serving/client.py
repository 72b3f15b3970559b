"""Calls to the processes of endpoints on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from meguri.core.errors import Unavailable
from meguri.core.lockfile import Owner, find_owner
from meguri.serving.deployment_specs import process_lock

SECONDS = 10.0
LOAD_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Forwarded:
    """An endpoint's own answer to a request for inference."""

    status: int
    body: bytes


class EndpointClient:
    """Sends requests to the process of each endpoint, at the address in the lock file that it holds, with the secret in there: never the
    home's token, and nothing to a process that only listens on the same port. Raises Unavailable where none answers."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._http = httpx.Client(timeout=SECONDS, trust_env=False)

    def url(self, endpoint: str) -> str:
        """`http://127.0.0.1:PORT` of the running process."""
        return self._process(endpoint).url

    def state(self, endpoint: str) -> dict[str, Any]:  # Any: JSON
        """Revision, version and counters of the process."""
        return self._call("GET", endpoint, "state", SECONDS)

    def reload(self, endpoint: str) -> dict[str, Any]:  # Any: JSON
        """Make the process read its deployment spec now; its state when it has taken or refused it."""
        return self._call("POST", endpoint, "reload", LOAD_SECONDS)

    def seal(self, endpoint: str) -> int:
        """Make the process close its segment; the number of the one that it writes from then on."""
        return int(self._call("POST", endpoint, "seal", SECONDS)["segment"])

    def infer(self, endpoint: str, body: bytes) -> Forwarded:
        """Forward a request; the answer as it is."""
        answer = self._send("POST", endpoint, f"/v2/models/{endpoint}/infer", SECONDS, body)
        return Forwarded(answer.status_code, answer.content)

    def close(self) -> None:
        self._http.close()

    def _call(self, method: str, endpoint: str, name: str, seconds: float) -> dict[str, Any]:  # Any: JSON
        answer = self._send(method, endpoint, f"/internal/{name}", seconds)
        if answer.status_code != 200:
            raise _down(endpoint, f"it answers {answer.status_code} to /internal/{name}: {answer.text[:200]}")
        value: dict[str, Any] = msgspec.json.decode(answer.content)
        return value

    def _send(self, method: str, endpoint: str, path: str, seconds: float, body: bytes = b"") -> httpx.Response:
        process = self._process(endpoint)
        try:
            headers = {"authorization": f"Bearer {process.secret}"}
            return self._http.request(method, f"{process.url}{path}", content=body, headers=headers, timeout=seconds)
        except httpx.HTTPError as error:
            raise _down(endpoint, str(error) or type(error).__name__) from error

    def _process(self, endpoint: str) -> Owner:
        owner = find_owner(process_lock(self._home, endpoint))
        if owner is None or not owner.url:
            raise _down(endpoint, "its process does not run")
        return owner


def _down(endpoint: str, why: str) -> Unavailable:
    hint = f"the server starts it again by itself; without a server, `meguri endpoints serve {endpoint}` does"
    return Unavailable(f"endpoint {endpoint!r}", f"{why}; {hint}")
