"""The ASGI application of an endpoint process: Open Inference Protocol v2 in JSON, metrics, and the server's own controls."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from importlib.metadata import version as version_of
from time import perf_counter
from typing import Any, Protocol

from meguri.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LimitExceeded,
    MeguriError,
    NotFound,
    Unauthenticated,
    Unavailable,
    Unsupported,
)
from meguri.protocols.inference.guard import Guard, Needs
from meguri.protocols.inference.meter import Meter
from meguri.protocols.inference.wire import decode_request, encode, encode_answer, model_metadata
from meguri.serving.gateway import Gateway
from meguri.serving.live import Live
from meguri.serving.model import ProcessState

logger = logging.getLogger(__name__)

LARGEST_BODY = 32 << 20

STATUS: dict[type[MeguriError], int] = {
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    LimitExceeded: 413,
    Unsupported: 400,
    Unavailable: 503,
}

Message = MutableMapping[str, Any]  # Any: ASGI's messages
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Answered = tuple[int, bytes, bytes]
"""Status, content type, body."""

_JSON = b"application/json"
_TEXT = b"text/plain; version=0.0.4; charset=utf-8"


class Controls(Protocol):
    """What the server asks of the process beside predictions."""

    def state(self) -> ProcessState: ...

    async def reload(self) -> None:
        """Read the spec again, and take it if it is good."""
        ...

    def seal(self) -> int:
        """Close the segment of the prediction log; the number of the next one."""
        ...


class _Gone(Exception):
    """The client went away before its body was complete."""


class InferenceApp:
    """Answers one endpoint. Errors are `{"error": "..."}`, and a request that is refused is never logged as a prediction."""

    def __init__(self, gateway: Gateway, guard: Guard, meter: Meter, controls: Controls) -> None:
        self._gateway, self._guard, self._meter, self._controls = gateway, guard, meter, controls
        self._metadata = {"name": "meguri", "version": version_of("meguri"), "extensions": []}
        self._infer_path = f"/v2/models/{gateway.endpoint}/infer"
        self._simple: dict[tuple[str, str], Callable[[], Answered]] = {
            ("GET", "/v2"): lambda: _json(200, self._metadata),
            ("GET", "/v2/health/live"): lambda: _json(200, {"live": True}),
            ("GET", "/v2/health/ready"): self._ready,
            ("GET", "/metrics"): lambda: (200, _TEXT, self._meter.render(self._gateway)),
            ("GET", "/internal/state"): lambda: _json(200, self._controls.state()),
            ("POST", "/internal/seal"): lambda: _json(200, {"segment": self._controls.seal()}),
        }

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            status, kind, body = await self._answer(scope, receive)
        except _Gone:
            return
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        if status == 503:
            headers.append((b"retry-after", b"1"))
        if status in (401, 413):
            headers.append((b"connection", b"close"))  # the body was not read, and is not waited for
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body if scope["method"] != "HEAD" else b""})

    async def _answer(self, scope: Message, receive: Receive) -> Answered:
        path = "/" + scope["path"].strip("/")  # the guard and the routing below take the same path
        method: str = scope["method"]
        try:
            self._guard.check(scope["headers"], _needs(path))
            if path == self._infer_path and method == "POST":
                return self._infer(await _read(scope, receive), None)
            simple = self._simple.get((method, path))
            if simple is not None:
                return simple()
            if (method, path) == ("POST", "/internal/reload"):
                await self._controls.reload()
                return _json(200, self._controls.state())
            return await self._model(method, path, scope, receive)
        except MeguriError as error:
            return _refusal(error)

    def _infer(self, body: bytes, version: str | None) -> Answered:
        start = perf_counter()
        try:
            live = self._live(version)
            answer = self._gateway.predict(decode_request(body, live))
            answered = 200, _JSON, encode_answer(answer, self._gateway.endpoint)
        except MeguriError as error:
            answered = _refusal(error)
        except Exception:  # whatever it is, the client gets an answer and the process goes on
            logger.exception("inference failed", extra={"endpoint": self._gateway.endpoint})
            answered = _json(500, {"error": "the endpoint failed on this request, nothing was logged: see its log for the cause"})
        self._meter.note(answered[0], perf_counter() - start)
        return answered

    async def _model(self, method: str, path: str, scope: Message, receive: Receive) -> Answered:
        """`/v2/models/{m}[/versions/{v}][/ready|/infer]`."""
        parts = path[1:].split("/")
        if parts[:2] != ["v2", "models"] or len(parts) < 3:
            raise NotFound("path", path[:200], "this endpoint answers /v2, /v2/health/live, /v2/health/ready, /v2/models/... and /metrics")
        name, rest = parts[2], parts[3:]
        if name != self._gateway.endpoint:
            raise NotFound("model", name[:200], f"this endpoint serves {self._gateway.endpoint!r}")
        version = None
        if rest[:1] == ["versions"] and len(rest) > 1:
            version, rest = rest[1], rest[2:]
        if method == "POST" and rest == ["infer"]:
            return self._infer(await _read(scope, receive), version)
        if rest not in ([], ["ready"], ["infer"]):
            raise NotFound("path", path[:200], f"this model answers {self._infer_path}, /v2/models/{name} and /v2/models/{name}/ready")
        if method not in ("GET", "HEAD") or rest == ["infer"]:
            return _json(405, {"error": f"{method} is not answered at {path[:200]}: {'POST' if rest == ['infer'] else 'GET'} is"})
        if rest == ["ready"]:
            ready = self._gateway.find_live() is not None and bool(self._live(version))
            return _json(200 if ready else 503, {"name": name, "ready": ready})
        return _json(200, model_metadata(self._live(version)))

    def _live(self, version: str | None) -> Live:
        live = self._gateway.live
        if version is not None and version != live.spec.version:
            raise NotFound(
                "version", version[:200], f"endpoint {self._gateway.endpoint!r} serves {live.spec.version}; leave the version out for it"
            )
        return live

    def _ready(self) -> Answered:
        ready = self._gateway.find_live() is not None
        return _json(200 if ready else 503, {"live": True, "ready": ready})


def _needs(path: str) -> Needs:
    """`path`: without slashes at its end."""
    if path.endswith("/infer"):
        return "predict"
    if path.startswith("/v2/health/"):
        return "nothing"
    return "control" if path.startswith("/internal/") else "read"


async def _read(scope: Message, receive: Receive) -> bytes:
    """The body of a request. Raises LimitExceeded: where the length is declared, before anything is read."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    _ensure_within_limit(int(declared) if declared.isdigit() else 0)
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body"):
        return body
    chunks, size = [body], len(body)
    while message["type"] != "http.disconnect":
        if not message.get("more_body"):
            return b"".join(chunks)
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        _ensure_within_limit(size)
    raise _Gone


def _ensure_within_limit(size: int) -> None:
    if size > LARGEST_BODY:
        raise LimitExceeded(f"the body is larger than {LARGEST_BODY >> 20} MiB, send fewer rows in one request", retry_after=0)


def _refusal(error: MeguriError) -> Answered:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    if status >= 500:
        logger.warning("request not answered", extra={"status": status, "why": error.message})
    return _json(status, {"error": error.message})


def _json(status: int, value: Any) -> Answered:  # Any: JSON
    return status, _JSON, encode(value)
