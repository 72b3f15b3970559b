"""Who acts now: set where a request, a job or a trigger begins, and recorded with every event that is written meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SYSTEM = "system"

_actor: ContextVar[str] = ContextVar("meguri_actor", default=SYSTEM)


def current_actor() -> str:
    """`user:NAME`, `token:USER/NAME`, `trigger:NAME`, or `system` where the program acts by itself."""
    return _actor.get()


@contextmanager
def acting_as(actor: str) -> Iterator[None]:
    """Within the block, events are written by this actor."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)
