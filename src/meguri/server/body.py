"""Reads the body of a request: never more than its route takes, and next to nothing from callers that are not known."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as Incoming

from meguri.access.routes import OPEN, Route
from meguri.core.errors import Invalid, TooLarge

LARGEST_OPEN = 4 << 10
"""Bytes that a route without authentication reads."""
DECODED_IN_THE_LOOP = 64 << 10
"""Larger bodies are decoded in a thread, so that other requests do not wait."""


async def read_body(incoming: Incoming, route: Route) -> bytes:
    """The whole body. Raises TooLarge: where the length is declared, before anything is read."""
    if route.method in ("GET", "HEAD"):
        return b""
    limit = min(route.largest_body, LARGEST_OPEN) if route.permission == OPEN else route.largest_body
    declared = incoming.headers.get("content-length", "")
    _ensure_within(limit, int(declared) if declared.isdigit() else 0)
    parts, size = [], 0
    async for part in incoming.stream():
        size += len(part)
        _ensure_within(limit, size)
        parts.append(part)
    return b"".join(parts)


async def decode_body(incoming: Incoming, route: Route, content: bytes) -> Any:  # Any: of the route's body type
    """The body as the type of the route; None where it has none. Raises Invalid."""
    if route.body is None:
        return None
    kind = incoming.headers.get("content-type", "application/json").partition(";")[0].strip()
    if kind != "application/json":
        raise Invalid("Content-Type", f"{kind!r} is not accepted here: send application/json")
    return _decoded(route, content) if len(content) <= DECODED_IN_THE_LOOP else await run_in_threadpool(_decoded, route, content)


def _decoded(route: Route, content: bytes) -> Any:  # Any: as above
    try:
        return msgspec.json.decode(content, type=route.body)
    except msgspec.ValidationError as error:
        raise Invalid("body", f"{error}: see {route.method} {route.path} in /openapi.json") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("body", f"is not JSON ({error}): NaN and Infinity are not; send null where a value is missing") from error
    except RecursionError as error:
        raise Invalid("body", "is nested too deeply: send plain lists and objects") from error


def _ensure_within(limit: int, size: int) -> None:
    if size > limit:
        raise TooLarge("body", f"is over {limit >> 20} MiB: send it in parts" if limit >> 20 else f"is over {limit >> 10} KiB")
