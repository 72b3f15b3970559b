"""The online store in an LMDB file, on local disk.

A key is the stream (24 bytes), the time (8 bytes, big-endian, shifted so that it sorts as a number) and the identity (8 bytes).

What is acknowledged: transactions are not synced one by one (`sync=False`), so a `put` costs no fsync and survives the death of the
process, not a power cut; `flush` syncs. A power cut may leave an unsynced LMDB file unreadable, so a file beside it names the boot in which
something was written and not synced. The owner that finds one of another boot starts with an empty store; `features` then fills it again
from the tables and journals.
"""

from __future__ import annotations

import logging
import struct
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import lmdb

from meguri.core.errors import Unavailable
from meguri.ports.online import OnlineRow

logger = logging.getLogger(__name__)

_TAIL = struct.Struct(">Q8s")
_BIAS = 1 << 63
_LOWEST, _HIGHEST = -_BIAS, _BIAS - 1
_STREAM = 24
_GROWTH = 2
_BOOT = Path("/proc/sys/kernel/random/boot_id")

Result = TypeVar("Result")


class LmdbOnline:
    """OnlineStore in the folder `path`. Use `owner` in the one process that writes, `reader` in all others; open it after a fork."""

    def __init__(self, path: Path, *, readonly: bool, map_bytes: int) -> None:
        self.path = path
        self._mutex = threading.Lock()  # the map may only be resized while this process has no transaction
        self._marker = path / "unsynced"
        self._marked = False
        try:
            if not readonly:
                path.mkdir(parents=True, exist_ok=True)
                self._drop_if_torn()
            self._env = lmdb.open(
                str(path),
                map_size=0 if readonly else map_bytes,
                readonly=readonly,
                create=not readonly,
                sync=False,
                max_readers=512,
                readahead=False,
            )
            if not readonly:
                self._env.reader_check()
        except (lmdb.Error, OSError) as error:
            hint = "start `meguri server` once to make it" if readonly else "the home needs a folder on a local disk that can be written"
            raise Unavailable(f"online store {path}", f"{error}: {hint}") from error

    @staticmethod
    def owner(path: Path, *, map_bytes: int = 256 << 20) -> LmdbOnline:
        """The writer. The map grows by itself from `map_bytes`; slots of readers that died are freed. Raises Unavailable."""
        return LmdbOnline(path, readonly=False, map_bytes=map_bytes)

    @staticmethod
    def reader(path: Path) -> LmdbOnline:
        """For a process that only reads, beside the owner or without one. Raises Unavailable where there is no store yet."""
        return LmdbOnline(path, readonly=True, map_bytes=0)

    def put(self, rows: Sequence[OnlineRow]) -> list[bool]:
        return self._write(lambda: self._put(rows))

    def range(self, stream: bytes, after: int, until: int) -> list[tuple[int, bytes, bytes]]:
        if after >= _HIGHEST or until <= after:
            return []
        first, last = _key(stream, after + 1, bytes(8)), _key(stream, until, b"\xff" * 8)
        return self._read(lambda: self._range(first, last))

    def delete_before(self, source: bytes, at: int) -> int:
        return self._write(lambda: self._delete_before(source, at))

    def flush(self) -> None:
        with self._mutex:
            self._env.sync(True)
            self._marker.unlink(missing_ok=True)
            self._marked = False

    def close(self) -> None:
        if self._marked:
            self.flush()
        self._env.close()

    def _put(self, rows: Sequence[OnlineRow]) -> list[bool]:
        with self._env.begin(write=True) as tx:
            return [tx.put(_key(row.stream, row.at, row.identity), row.value, overwrite=False) for row in rows]

    def _range(self, first: bytes, last: bytes) -> list[tuple[int, bytes, bytes]]:
        found: list[tuple[int, bytes, bytes]] = []
        unpack = _TAIL.unpack_from
        with self._env.begin() as tx, tx.cursor() as cursor:
            if not cursor.set_range(first):
                return found
            for key, value in cursor.iternext(keys=True, values=True):
                if key > last:
                    break
                at, identity = unpack(key, _STREAM)
                found.append((at - _BIAS, identity, value))
        return found

    def _delete_before(self, source: bytes, at: int) -> int:
        limit, deleted = max(at, _LOWEST) + _BIAS, 0
        with self._env.begin(write=True) as tx, tx.cursor() as cursor:
            more = cursor.set_range(source)
            while more and cursor.key().startswith(source):
                if _TAIL.unpack_from(cursor.key(), _STREAM)[0] < limit:
                    more = cursor.delete()
                    deleted += 1
                else:
                    more = cursor.next()
        return deleted

    def _write(self, work: Callable[[], Result]) -> Result:
        with self._mutex:
            try:
                self._mark()
                while True:
                    try:
                        return work()
                    except lmdb.MapFullError:
                        self._env.set_mapsize(self._env.info()["map_size"] * _GROWTH)
            except (lmdb.Error, OSError) as error:
                raise Unavailable(
                    f"online store {self.path}", f"{error}: nothing of it was stored: free space and send it again"
                ) from error

    def _read(self, work: Callable[[], Result]) -> Result:
        with self._mutex:
            try:
                try:
                    return work()
                except lmdb.MapResizedError:
                    self._env.set_mapsize(0)
                    return work()
            except lmdb.Error as error:
                raise Unavailable(f"online store {self.path}", str(error)) from error

    def _mark(self) -> None:
        if not self._marked:
            self._marker.write_text(_boot())
            self._marked = True

    def _drop_if_torn(self) -> None:
        if not self._marker.exists() or self._marker.read_text() == _boot():
            return
        logger.warning("online store was not synced before the machine went down and starts empty", extra={"path": str(self.path)})
        for name in ("data.mdb", "lock.mdb", self._marker.name):
            (self.path / name).unlink(missing_ok=True)


def _key(stream: bytes, at: int, identity: bytes) -> bytes:
    return stream + _TAIL.pack(min(max(at, _LOWEST), _HIGHEST) + _BIAS, identity)


def _boot() -> str:
    return _BOOT.read_text() if _BOOT.exists() else "unknown"
