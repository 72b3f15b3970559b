"""Calls to the processes of endpoints on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from meguri.core.errors import Unavailable
from meguri.core.lockfile import Owner, find_owner
from meguri.serving.deployment_specs import process_lock
from meguri.serving.model import Endpoint, ProcessState

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

    def url(self, endpoint: Endpoint) -> str:
        """`http://127.0.0.1:PORT` of the running process."""
        return self._process(endpoint).url

    def state(self, endpoint: Endpoint) -> ProcessState:
        """Revision, version and counters of the process."""
        return msgspec.json.decode(self._call("GET", endpoint, "state", SECONDS), type=ProcessState)

    def reload(self, endpoint: Endpoint) -> ProcessState:
        """Make the process read its deployment spec now; its state when it has taken or refused it."""
        return msgspec.json.decode(self._call("POST", endpoint, "reload", LOAD_SECONDS), type=ProcessState)

    def seal(self, endpoint: Endpoint) -> None:
        """Make the process close its segment of the prediction log."""
        self._call("POST", endpoint, "seal", SECONDS)

    def infer(self, endpoint: Endpoint, body: bytes) -> Forwarded:
        """Forward a request; the answer as it is."""
        answer = self._send("POST", endpoint, f"/v2/models/{endpoint.name}/infer", SECONDS, body)
        return Forwarded(answer.status_code, answer.content)

    def close(self) -> None:
        self._http.close()

    def _call(self, method: str, endpoint: Endpoint, name: str, seconds: float) -> bytes:
        answer = self._send(method, endpoint, f"/internal/{name}", seconds)
        if answer.status_code != 200:
            raise _down(endpoint, f"it answers {answer.status_code} to /internal/{name}: {answer.text[:200]}")
        return answer.content

    def _send(self, method: str, endpoint: Endpoint, path: str, seconds: float, body: bytes = b"") -> httpx.Response:
        process = self._process(endpoint)
        try:
            headers = {"authorization": f"Bearer {process.secret}"}
            return self._http.request(method, f"{process.url}{path}", content=body, headers=headers, timeout=seconds)
        except httpx.HTTPError as error:
            raise _down(endpoint, str(error) or type(error).__name__) from error

    def _process(self, endpoint: Endpoint) -> Owner:
        owner = find_owner(process_lock(self._home, endpoint.id))
        if owner is None or not owner.url:
            raise _down(endpoint, "its process does not run")
        return owner


def _down(endpoint: Endpoint, why: str) -> Unavailable:
    address = f"{endpoint.project}/{endpoint.name}"
    hint = f"the server starts it again by itself; without a server, `meguri endpoints serve {address}` does"
    return Unavailable(f"endpoint {address!r}", f"{why}; {hint}")
