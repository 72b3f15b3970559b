"""The journal of one source: rows that are acknowledged and not yet in its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from meguri.core.definitions.features import DType
from meguri.db.journal import START, Journal, Position
from meguri.features.rows import ALWAYS, Event, Key, Layout, Value, order_of


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that were pushed together, under one layout."""

    layout: Layout
    events: tuple[Event, ...]


class _Record(msgspec.Struct, array_like=True):
    """Events with their identities, in order: the first has the order `first`, the next one more. None: an older release wrote it."""

    columns: tuple[tuple[str, DType], ...]
    events: list[tuple[Key, int, tuple[Value, ...], bytes]]
    arrived: int = ALWAYS
    first: int | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Record).decode


class PushQueue:
    """Batches in the order in which they were acknowledged, in numbered segments."""

    def __init__(self, folder: Path, project: str, source: str) -> None:
        self.journal = Journal(folder, queue_name(project, source))
        self.name = self.journal.name

    def add(self, layout: Layout, events: Sequence[Event]) -> None:
        """Add events that arrived together, with consecutive orders.

        Raises Unavailable where the disk is full; then nothing is stored.
        """
        rows = [(each.entity, each.at, each.values, each.identity) for each in events]
        record = _Record(layout.columns, rows, events[0].arrived, events[0].order)
        self.journal.append([_encode(record)])

    def batches(self) -> Iterator[Batch]:
        """All that waits."""
        for _, batch in self._read(START):
            yield batch

    def seal(self) -> None:
        """Close the open segment; what is added from now on is in a later one."""
        self.journal.seal()

    def sealed(self) -> Iterator[tuple[int, list[Batch]]]:
        """Each closed segment with what is in it, oldest first."""
        for segment in self.journal.segments():
            if segment.sealed:
                after = Position(segment.number, 0)
                batches = [batch for number, batch in self._read(after, segment.number) if number == segment.number]
                yield segment.number, batches

    def drop(self, segment: int) -> None:
        """Forget a segment and all before it."""
        self.journal.drop_before(segment + 1)

    def close(self) -> None:
        self.journal.close()

    def _read(self, after: Position, last: int | None = None) -> Iterator[tuple[int, Batch]]:
        for position, content in self.journal.read(after):
            if last is not None and position.segment > last:
                return
            record = _decode(content)
            yield position.segment, Batch(Layout(record.columns), tuple(_events(record)))


def _events(record: _Record) -> Iterator[Event]:
    for place, event in enumerate(record.events):
        order = order_of(event[3]) if record.first is None else record.first + place
        yield Event(*event, record.arrived, order)


def queue_name(project: str, source: str) -> str:
    return f"push.{project}.{source}"


def queued_sources(folder: Path) -> list[tuple[str, str]]:
    """Project and source of every queue that was ever written."""
    names = sorted(path.name.split(".") for path in folder.glob("push.*.*"))
    return [(name[1], name[2]) for name in names if len(name) == 3]
