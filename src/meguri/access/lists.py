"""Pages of the lists of the REST API, and the cursors that lead from one page to the next."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from meguri.access.routes import ListPage, Request
from meguri.core.errors import Invalid

T = TypeVar("T")
C = TypeVar("C")

Part = str | int
LONGEST_CURSOR = 2_000
LIST_QUERY: dict[str, type] = {"limit": int, "cursor": str}
"""Query parameters of every list that has pages."""


def page_of(found: Sequence[T], limit: int, position: Callable[[T], tuple[Part, ...]]) -> ListPage[T]:
    """The first `limit` of the items found, of which there is one more than `limit` where a next page exists.

    `position`: what the list is sorted by, unique to the item; the next page begins after it.
    """
    items = list(found[:limit])
    return ListPage(items, write_cursor(*position(items[-1])) if len(found) > limit else None)


def write_cursor(*parts: Part) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


def cursor_of(request: Request, kind: type[C]) -> C | None:
    """The position that a request continues from, as `kind` (a tuple of str and int); None for the first page.

    Raises Invalid for a cursor that no list of this kind has given.
    """
    text = request.query.get("cursor")
    if not text:
        return None
    try:
        content = base64.b64decode(str(text)[:LONGEST_CURSOR] + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeError, binascii.Error) as error:
        raise Invalid("cursor", f"{str(text)[:40]!r} was not given by this list: begin without one") from error
