"""Calls to the processes of endpoints on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from meguri.core.errors import Unavailable
from meguri.serving.deployment_specs import state_file

SECONDS = 10.0
LOAD_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Forwarded:
    """An endpoint's own answer to a request for inference."""

    status: int
    body: bytes


class EndpointClient:
    """Talks to each endpoint at the address that its process wrote down. Raises Unavailable where none answers."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._http = httpx.Client(timeout=SECONDS, trust_env=False)

    def url(self, endpoint: str) -> str:
        """`http://127.0.0.1:PORT` of the running process."""
        try:
            state = msgspec.json.decode(state_file(self._home, endpoint).read_bytes())
            os.kill(state["pid"], 0)
        except (OSError, msgspec.DecodeError, KeyError) as error:
            raise _down(endpoint, "its process does not run") from error
        host = "127.0.0.1" if state["host"] in ("0.0.0.0", "::") else state["host"]  # it is only compared
        return f"http://{f'[{host}]' if ':' in host else host}:{state['port']}"

    def state(self, endpoint: str) -> dict[str, Any]:  # Any: JSON
        """Revision, version and counters of the process."""
        return self._call("GET", endpoint, "state", SECONDS)

    def reload(self, endpoint: str) -> dict[str, Any]:  # Any: JSON
        """Let the process read its route now; its state when it has taken or refused it."""
        return self._call("POST", endpoint, "reload", LOAD_SECONDS)

    def seal(self, endpoint: str) -> int:
        """Let the process close its segment; the number of the one that it writes from then on."""
        return int(self._call("POST", endpoint, "seal", SECONDS)["segment"])

    def infer(self, endpoint: str, body: bytes) -> Forwarded:
        """Pass a request on, and the answer back as it is."""
        answer = self._send("POST", f"{self.url(endpoint)}/v2/models/{endpoint}/infer", endpoint, SECONDS, body)
        return Forwarded(answer.status_code, answer.content)

    def close(self) -> None:
        self._http.close()

    def _call(self, method: str, endpoint: str, name: str, seconds: float) -> dict[str, Any]:  # Any: JSON
        answer = self._send(method, f"{self.url(endpoint)}/internal/{name}", endpoint, seconds)
        if answer.status_code != 200:
            raise _down(endpoint, f"it answers {answer.status_code} to /internal/{name}: {answer.text[:200]}")
        value: dict[str, Any] = msgspec.json.decode(answer.content)
        return value

    def _send(self, method: str, url: str, endpoint: str, seconds: float, body: bytes = b"") -> httpx.Response:
        try:
            headers = {"authorization": f"Bearer {(self._home / 'token').read_text().strip()}"}
            return self._http.request(method, url, content=body, headers=headers, timeout=seconds)
        except (httpx.HTTPError, OSError) as error:
            raise _down(endpoint, str(error) or type(error).__name__) from error


def _down(endpoint: str, why: str) -> Unavailable:
    hint = f"the server starts it again by itself; without a server, `meguri endpoints serve {endpoint}` does"
    return Unavailable(f"endpoint {endpoint!r}", f"{why}; {hint}")
