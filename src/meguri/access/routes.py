"""A route of our own REST: what it takes, what it answers, and what permission it needs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection

from meguri.access.model import Principal
from meguri.core.errors import Invalid

T = TypeVar("T")

UPLOAD = 64 << 20
"""Bytes that routes for batches of rows, points and labels take."""
BUNDLE = 256 << 20
"""Bytes that the route for a project's files takes."""

OPEN = "open"
"""The permission of the few routes that need no token."""
AUTHENTICATED = "authenticated"
"""The permission of routes for every principal; their handlers answer only what `request.principal` may see."""

PERMISSION = re.compile(r"open|authenticated|[a-z-]+:(read|predict|write|operate|admin)")


class Request(Protocol):
    """What a handler sees of a request; all of it is decoded and checked."""

    @property
    def principal(self) -> Principal:
        """Who sent it. For routes that are not open."""
        ...

    @property
    def address(self) -> str:
        """The network address that it came from."""
        ...

    def authenticate(self) -> Principal:
        """The principal as of now, for answers that go on for long; may read the database. Raises Unauthenticated."""
        ...

    @property
    def path(self) -> Mapping[str, str]: ...

    @property
    def query(self) -> Mapping[str, Any]:  # Any: values of the types that the route declares
        ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def body(self) -> Any:  # Any: an instance of the route's `body`
        ...

    def raw(self) -> bytes:
        """The whole body as it came."""
        ...

    def stream(self) -> AsyncIterator[bytes]:
        """The body in chunks; for async handlers of routes with `streams`."""
        ...


Handler = Callable[[Request], Any] | Callable[[Request], Awaitable[Any]]  # Any: what msgspec can encode, or a Response


@dataclass(frozen=True, slots=True)
class Route:
    """`path` such as `/api/v1/runs/{run}`; `{name:path}` takes slashes too.

    `body`: type that the JSON body is decoded to. `answer` and `media_type`: type of the answer, for the OpenAPI document
    (None: no content; bytes: a file). `query`: names and types
    (`str`, `int`, `float`, `bool`, or `list` of strings) of query parameters, all optional. `streams`: the handler reads the body itself;
    else at most `largest_body` bytes are read, once the caller is known, and a few KiB where the permission is `open`.
    A plain handler runs in a thread pool, an async one in the loop.

    The permission is checked on the project of the request: `{project}` of the path; else what `project(connection, path)` finds for a
    thing with an id of its own (it raises NotFound, and the project of an id never changes); else the query parameter `project`; else the
    field `project` of the body. A route with none of these is for administrators of the installation. `creates_project`: the service adds
    the project where it does not exist; only an administrator of the installation may do that.
    """

    method: str
    path: str
    permission: str
    handler: Handler
    summary: str
    body: type | None = None
    answer: Any = None  # Any: a type or a generic alias such as list[Run]
    query: Mapping[str, type] = field(default_factory=dict)
    status: int = 200
    media_type: str = "application/json"
    streams: bool = False
    largest_body: int = 8 << 20
    project: Callable[[Connection, Mapping[str, str]], str] | None = None
    creates_project: bool = False


def limit_of(request: Request, default: int = 100, most: int = 1_000, *, name: str = "limit") -> int:
    """How many items a request asks for with the parameter `name`, at most `most`. Raises Invalid for less than one, which the two
    databases take differently."""
    asked = int(request.query.get(name, default))
    if asked < 1:
        raise Invalid(name, f"{asked} is too small: ask for 1 to {most}")
    return min(asked, most)


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """What every list answers: some items, and the cursor of the next page (None on the last one)."""

    items: list[T]
    next: str | None = None
