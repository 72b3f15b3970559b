"""A local file in which a run's records wait until the server has them.

One file a writer (a process that logs to a run): `<run>.<writer>.spool`, lines of JSON, first a header. It is locked while its writer
runs, so a process that finds one that is not locked may send what is in it: records are numbered, and the server drops what it has.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

ENDING = ".spool"
BATCH_POINTS = 10_000
BATCH_LINES = 2_000

Kind = Literal["points", "lines", "params", "tags", "end"]
Record = tuple[Kind, int, Any]
"""Kind, number of the first point or line (else 0), and content: wire points, lines, values by key, or `[status, error]`."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Record).decode


@dataclass(frozen=True, slots=True)
class Header:
    """The run and the writer of the records; `url`: the address that the writer was given (None: the owner of the home directory)."""

    run: str
    writer: str
    url: str | None = None


@dataclass(slots=True)
class Batch:
    """Records of a kind that are sent together, up to the offset `end`; `size`: how many points or lines they hold."""

    kind: Kind
    records: list[Record]
    end: int
    size: int

    def takes(self, record: Record) -> bool:
        kind, first, content = record
        if kind != self.kind or kind == "end":
            return False
        if kind in ("points", "lines"):
            most = BATCH_POINTS if kind == "points" else BATCH_LINES
            return bool(first == self.records[0][1] + self.size and self.size + len(content) <= most)
        return True

    def add(self, record: Record, end: int) -> None:
        self.records.append(record)
        self.size, self.end = self.size + len(record[2]), end

    def merged(self) -> Record:
        """All of it as one record."""
        contents = [content for _, _, content in self.records]
        if self.kind in ("points", "lines"):
            return self.kind, self.records[0][1], [each for content in contents for each in content]
        if self.kind in ("params", "tags"):
            return self.kind, 0, {key: value for content in contents for key, value in content.items()}
        return self.records[0]


def next_batch(records: Iterable[tuple[Record, int]]) -> Batch | None:
    """As many of the first records as can be sent together, each given with the offset behind it."""
    batch: Batch | None = None
    for record, end in records:
        if batch is None:
            batch = Batch(record[0], [record], end, len(record[2]))
        elif batch.takes(record):
            batch.add(record, end)
        else:
            break
    return batch


def encode(record: Record) -> bytes:
    """A line of a spool."""
    return _encode(record) + b"\n"


class Spool:
    """Writes and reads the file of one writer."""

    def __init__(self, path: Path, descriptor: int, header: Header, start: int) -> None:
        self.path, self.header, self.start = path, header, start
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    @staticmethod
    def create(folder: Path, header: Header) -> Spool:
        """A new file, locked. Raises OSError where it cannot be written."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{header.run}.{header.writer}{ENDING}"
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            line = _encode(header) + b"\n"
            if os.write(descriptor, line) != len(line):
                raise OSError(28, "no space left on device")
        except OSError:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise
        return Spool(path, descriptor, header, len(line))

    @staticmethod
    def adopt(path: Path) -> Spool | None:
        """A file that another writer left; None if that one is running, or if the file is empty."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            line, end, _ = os.pread(descriptor, 65_536, 0).partition(b"\n")
            if not end:
                path.unlink(missing_ok=True)  # its writer was killed before it had anything to say
                raise ValueError
            return Spool(path, descriptor, msgspec.json.decode(line, type=Header), len(line) + 1)
        except (OSError, ValueError):
            os.close(descriptor)
            return None

    def append(self, line: bytes) -> bool:
        """One write(2). False where the disk takes no more; then nothing of it is kept."""
        try:
            written = os.write(self._descriptor, line)
        except OSError:
            written = 0
        if written != len(line):
            os.ftruncate(self._descriptor, self.size)
            return False
        self.size += written
        return True

    def read(self, offset: int, length: int = 1 << 20) -> Iterator[tuple[Record, int]]:
        """Records from an offset on, each with the offset behind it; about `length` bytes. A torn last line is left out."""
        content = os.pread(self._descriptor, length, offset)
        if content and b"\n" not in content:
            content = os.pread(self._descriptor, max(0, self.size - offset), offset)
        at = 0
        while (end := content.find(b"\n", at)) >= 0:
            try:
                record = _decode(content[at:end])
            except msgspec.DecodeError:
                return
            at = end + 1
            yield record, offset + at

    def empty(self) -> None:
        """Delete all records: the server has them."""
        os.ftruncate(self._descriptor, self.start)
        self.size = self.start

    def set_aside(self) -> None:
        """Rename the file so that it is not sent any more: the server has refused what is in it."""
        kept = self.path.with_suffix(".refused")
        self.path.rename(kept)
        self.path = kept

    def close(self, *, delete: bool) -> None:
        if delete:
            self.path.unlink(missing_ok=True)
        os.close(self._descriptor)
