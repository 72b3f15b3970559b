"""An append-only log on local disk: what a process has acknowledged is in it after `kill -9`.

A journal is a folder of segments, `<folder>/<name>/<number>.seg`, numbered from 1 and never numbered again. A segment is a run of frames:
u32 length (big-endian; the top bit says that the next frame belongs to the same append), u32 CRC-32 of the content, the content.
Every append is one write(2), and readers see all of its records or none. One process writes (held by a lock); any process may read
meanwhile. Acknowledged records survive the death of the process; a power cut may take those of the segment that is not sealed yet.

This module loads nothing but the standard library, so that the data plane may use it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import struct
import threading
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from meguri.core.errors import Conflict, Invalid, Unavailable

logger = logging.getLogger(__name__)

_FRAME = struct.Struct(">II")
_MORE = 1 << 31
_FILE = re.compile(r"(\d{12})\.seg")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two records: everything before byte `offset` of segment number `segment`. Positions sort as records do."""

    segment: int
    offset: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of a journal. A sealed one never changes again."""

    number: int
    size: int
    sealed: bool


START = Position(0, 0)


class Journal:
    """Appends to, and reads from, the journal `name` in `folder`.

    Making one touches nothing. The first append or seal takes the writer's lock (raises Conflict where another process has it), creates
    the folder and removes what a killed writer left half written. Safe to use from several threads.
    """

    def __init__(self, folder: Path, name: str, *, segment_bytes: int = 32 << 20) -> None:
        self.path = folder / name
        self.name = name
        self._segment_bytes = segment_bytes
        self._mutex = threading.Lock()
        self._lock: int | None = None
        self._file: int | None = None
        self._number = 0
        self._size = 0

    def append(self, records: Sequence[bytes]) -> Position:
        """Write all records or none, in one write(2); the position after the last. Raises Unavailable when the disk takes no more."""
        if not records or not all(0 < len(record) < _MORE for record in records):
            raise Invalid("records", "an append needs at least one record, and each at least one byte and less than 2 GiB")
        content = b"".join(_frames(records))
        with self._mutex:
            file = self._open()
            if self._size >= self._segment_bytes:
                file = self._roll(file)
            try:
                written = os.write(file, content)
            except OSError as error:
                self._cut(file)
                raise Unavailable(f"journal {self.path}", f"{error.strerror}; nothing of this append was kept, send it again") from error
            if written != len(content):
                self._cut(file)
                raise Unavailable(f"journal {self.path}", "full disk; nothing of this append was kept: free space, then send it again")
            self._size += written
            return Position(self._number, self._size)

    def read(self, after: Position = START) -> Iterator[tuple[Position, bytes]]:
        """Records after a position, oldest first, each with the position behind it; ends at the last complete append.

        Starts at the oldest segment there is where the one of `after` was dropped. Raises Unavailable for a damaged sealed segment.
        """
        for segment in self.segments():
            if segment.number < after.segment:
                continue
            offset = after.offset if segment.number == after.segment else 0
            end = offset
            for position, record in self._records(segment.number, offset):
                end = position.offset
                yield position, record
            if segment.sealed and end < segment.size:
                raise Unavailable(f"journal {self.path}", f"segment {segment.number} is damaged at byte {end}: restore it from a backup")

    def seal(self) -> int:
        """Close the open segment for good, on disk; the number of the segment that is open now (all records so far are in lower ones).

        An empty open segment stays open.
        """
        with self._mutex:
            file = self._open()
            if self._size:
                self._roll(file)
            return self._number

    def segments(self) -> list[Segment]:
        """The segments that are there, oldest first; all but the last are sealed."""
        try:
            numbers = sorted(int(match[1]) for entry in os.listdir(self.path) if (match := _FILE.fullmatch(entry)))
        except FileNotFoundError:
            return []
        found: list[Segment] = []
        for number in numbers:
            try:
                found.append(Segment(number, self._segment(number).stat().st_size, sealed=number != numbers[-1]))
            except FileNotFoundError:  # dropped by the writer since it was listed
                continue
        return found

    def end(self) -> Position:
        """The position behind the last complete append."""
        segments = self.segments()
        if not segments:
            return START
        last = segments[-1].number
        return Position(last, max((position.offset for position, _ in self._records(last, 0)), default=0))

    def drop_before(self, segment: int) -> None:
        """Delete the segments with lower numbers; the last one always stays, so that numbers are never used twice."""
        for each in self.segments():
            if each.sealed and each.number < segment:
                self._segment(each.number).unlink(missing_ok=True)

    def close(self) -> None:
        """Release the writer's lock. Appending again opens it again."""
        with self._mutex:
            for descriptor in (self._file, self._lock):
                if descriptor is not None:
                    os.close(descriptor)
            self._file = self._lock = None

    def _open(self) -> int:
        if self._file is not None:
            return self._file
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            segments = self.segments()
            if segments:
                self._recover(segments[-1])
                return self._use(segments[-1].number)
            return self._use(1)
        except OSError as error:
            raise Unavailable(f"journal {self.path}", f"{error.strerror}: it needs a folder that can be written and has space") from error

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        lock = os.open(self.path / "writer.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise Conflict(f"another process writes the journal {self.path}: stop it first", journal=self.name) from error
        self._lock = lock

    def _use(self, number: int) -> int:
        file = os.open(self._segment(number), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._file, self._number, self._size = file, number, os.fstat(file).st_size
        return file

    def _roll(self, file: int) -> int:
        try:
            os.fsync(file)
            following = self._use(self._number + 1)
            os.close(file)
            folder = os.open(self.path, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        except OSError as error:
            raise Unavailable(f"journal {self.path}", f"{error.strerror}; nothing was lost, free space and try again") from error
        return following

    def _cut(self, file: int) -> None:
        os.ftruncate(file, self._size)

    def _recover(self, segment: Segment) -> None:
        """Cut what a killed writer left behind the last complete append of the last segment.

        An incomplete frame was never acknowledged. Anything else there (after a power cut) is kept beside the segment, as `.damaged`.
        """
        end = max((position.offset for position, _ in self._records(segment.number, 0)), default=0)
        if end == segment.size:
            return
        path = self._segment(segment.number)
        with path.open("r+b") as file:
            file.seek(end)
            tail = file.read()
            if not _is_torn(tail):
                path.with_suffix(".damaged").write_bytes(tail)
            file.truncate(end)
        logger.warning("journal tail removed", extra={"journal": self.name, "segment": segment.number, "bytes": segment.size - end})

    def _records(self, number: int, offset: int) -> Iterator[tuple[Position, bytes]]:
        try:
            with self._segment(number).open("rb") as file:
                file.seek(offset)
                content = file.read()
        except FileNotFoundError:
            return
        together: list[tuple[Position, bytes]] = []
        at = 0
        while (frame := _frame_at(content, at)) is not None:
            record, more = frame
            at += _FRAME.size + len(record)
            together.append((Position(number, offset + at), record))
            if not more:
                yield from together
                together = []

    def _segment(self, number: int) -> Path:
        return self.path / f"{number:012d}.seg"


def _frames(records: Sequence[bytes]) -> Iterator[bytes]:
    last = len(records) - 1
    for index, record in enumerate(records):
        yield _FRAME.pack(len(record) | (_MORE if index < last else 0), zlib.crc32(record))
        yield record


def _frame_at(content: bytes, at: int) -> tuple[bytes, bool] | None:
    """The record whose frame begins there, and whether its append goes on; None where there is no complete, intact frame."""
    start = at + _FRAME.size
    if start > len(content):
        return None
    length, checksum = _FRAME.unpack_from(content, at)
    end = start + (length & ~_MORE)
    if end > len(content) or end == start:
        return None
    record = content[start:end]
    return (record, bool(length & _MORE)) if zlib.crc32(record) == checksum else None


def _is_torn(tail: bytes) -> bool:
    """Whether intact frames lead to one that the end of the file cuts: what a killed writer, and nothing else, leaves."""
    at = 0
    while (frame := _frame_at(tail, at)) is not None:
        at += _FRAME.size + len(frame[0])
    if len(tail) - at < _FRAME.size:
        return True
    length, _ = _FRAME.unpack_from(tail, at)
    return int(at + _FRAME.size + (length & ~_MORE)) > len(tail)
