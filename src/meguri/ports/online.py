"""Recent events of each entity, ready to be read while a request waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OnlineRow:
    """One event. `stream` (24 bytes: 8 of the source, 16 of the entity) is what it belongs to, `at` its event time in microseconds.

    `identity` (8 bytes) distinguishes events of one stream and moment; those with one time are in the order of their identities.
    """

    stream: bytes
    at: int
    identity: bytes
    value: bytes


class OnlineStore(Protocol):
    """Events by stream and time. One process writes; others may read at the same time and see whole `put`s only.

    What `put` has answered survives the death of the process; what `flush` has answered survives a power cut. An event, once there, never
    changes. Raises Unavailable where the storage takes no more or cannot be read.
    """

    def put(self, rows: Sequence[OnlineRow]) -> list[bool]:
        """Add events, all or none; for each, whether it is new. An event that is there already is left as it is."""

    def range(self, stream: bytes, after: int, until: int) -> list[tuple[int, bytes, bytes]]:
        """Events of a stream with `after < at <= until`, as (at, identity, value), ordered by time, then identity (as bytes)."""

    def delete_before(self, source: bytes, at: int) -> int:
        """Delete the events of a source (the first 8 bytes of its streams) with a time before `at`; how many."""

    def flush(self) -> None:
        """Bring everything to the disk."""

    def close(self) -> None:
        """Give back files and memory. The store cannot be used after it."""
