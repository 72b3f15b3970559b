"""From our routes to Starlette's: decode once, check, call, encode."""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as Incoming
from starlette.responses import Response
from starlette.routing import Route as Mounted

from meguri.access.model import ANONYMOUS, Principal
from meguri.access.routes import OPEN, Route
from meguri.core.actor import acting_as
from meguri.core.errors import Broken, Invalid, MeguriError
from meguri.core.times import iso
from meguri.server.body import decode_body, read_body
from meguri.server.errors import problem
from meguri.server.guard import Guard, address_of
from meguri.server.permissions import Permissions

logger = logging.getLogger(__name__)

WORDS: dict[type, str] = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


def _plain(value: Any) -> Any:  # Any: whatever an answer holds that JSON has no word for
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"an answer holds a {type(value).__name__}")


_encoder = msgspec.json.Encoder(enc_hook=_plain)


class Call:
    """One request, decoded (see `meguri.access.routes.Request`)."""

    def __init__(self, incoming: Incoming, guard: Guard, query: Mapping[str, Any]) -> None:  # Any: types of the route
        self.incoming, self.query, self._guard = incoming, query, guard
        self.path: Mapping[str, str] = incoming.path_params
        self.headers: Mapping[str, str] = incoming.headers
        self.address = address_of(incoming)
        self.principal: Principal = ANONYMOUS
        self.body: Any = None  # Any: the route's own type
        self._content = b""

    def authenticate(self) -> Principal:
        return self._guard.authentication.authenticate(self.headers.get("authorization", ""), self.address)

    async def read(self, route: Route) -> None:
        """Take in the body, decoded where the route has a type for it. Raises Invalid."""
        if route.streams:
            return
        self._content = await read_body(self.incoming, route)
        self.body = await decode_body(self.incoming, route, self._content)

    def raw(self) -> bytes:
        return self._content

    def stream(self) -> AsyncIterator[bytes]:
        return self.incoming.stream()


def mount(route: Route, guard: Guard, permissions: Permissions) -> Mounted:
    """A Starlette route that answers for one of ours."""
    awaits = inspect.iscoroutinefunction(route.handler)
    handler: Callable[[Call], Any] = route.handler  # Any: plain value or awaitable, told apart by `awaits`

    async def answer(incoming: Incoming) -> Response:
        try:
            guard.check_origin(incoming)
            call = Call(incoming, guard, {})
            if route.permission != OPEN:
                call.principal = await guard.authenticate(incoming)
            call.query = _query(incoming, route)
            is_checked = await permissions.check(route, call.principal, call.path, call.query)
            await call.read(route)
            if not is_checked:
                await permissions.check_body(route, call.principal, call.body)
            with acting_as(call.principal.actor):
                value = await _awaited(handler(call)) if awaits else await run_in_threadpool(handler, call)
        except MeguriError as error:
            return problem(error)
        except Exception:  # a defect of ours: the caller learns that, the log learns what
            logger.exception("request failed", extra={"method": route.method, "path": route.path})
            return problem(Broken(route.method, route.path))
        if isinstance(value, Response):
            return value
        if value is None:
            return Response(status_code=204 if route.status == 200 else route.status)
        return Response(_encoder.encode(value), route.status, media_type="application/json")

    return Mounted(route.path, answer, methods=[route.method], name=f"{route.method} {route.path}")


async def _awaited(value: Awaitable[Any]) -> Any:  # Any: as the handler answers
    return await value


def _query(incoming: Incoming, route: Route) -> dict[str, Any]:  # Any: of the declared types
    return {name: _query_value(name, incoming.query_params.getlist(name), route) for name in incoming.query_params}


def _query_value(name: str, given: list[str], route: Route) -> Any:  # Any: of the declared type
    wanted = route.query.get(name)
    if wanted is None:
        raise Invalid(
            name, f"is not a query parameter of {route.method} {route.path}: known are {', '.join(sorted(route.query)) or 'none'}"
        )
    if wanted is list:
        return [part for text in given for part in text.split(",") if part]
    text = given[-1]
    try:
        if wanted is bool:
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
        return wanted(text)
    except (ValueError, KeyError) as error:
        raise Invalid(name, f"{text[:80]!r} is not {WORDS[wanted]}: send one") from error
