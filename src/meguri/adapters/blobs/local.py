"""Blobs as files of a local folder."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from meguri.core.errors import Invalid, NotFound, Unavailable
from meguri.core.ids import Digest
from meguri.ports.blobs import Readable

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PIECE = 1 << 20


class LocalBlobs:
    """`root/ab/cdef...`: a file is written to `root/incoming`, synchronised, and renamed, so that a reader gets all of it or nothing.

    A digest is known when the stream has ended, which is why the name comes last.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def put(self, stream: Readable) -> Digest:
        try:
            return self._put(stream)
        except OSError as error:
            raise Unavailable("blob store", f"{error.strerror or error}: see {self._root}") from error

    def put_bytes(self, content: bytes) -> Digest:
        return self.put(BytesIO(content))

    def open(self, digest: Digest) -> BinaryIO:
        try:
            return self._place(digest).open("rb")
        except FileNotFoundError:
            raise NotFound("blob", digest) from None

    def read(self, digest: Digest) -> bytes:
        with self.open(digest) as stream:
            return stream.read()

    def path(self, digest: Digest) -> Path | None:
        place = self._place(digest)
        return place if place.exists() else None

    def exists(self, digest: Digest) -> bool:
        return self._place(digest).exists()

    def size(self, digest: Digest) -> int:
        try:
            return self._place(digest).stat().st_size
        except FileNotFoundError:
            raise NotFound("blob", digest) from None

    def delete(self, digest: Digest) -> None:
        self._place(digest).unlink(missing_ok=True)

    def _place(self, digest: Digest) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise Invalid("digest", f"{digest[:80]!r} is not the address of a blob: it reads sha256: and 64 hexadecimal digits")
        name = digest.removeprefix("sha256:")
        return self._root / name[:2] / name[2:]

    def _put(self, stream: Readable) -> Digest:
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(descriptor, "wb") as file:
                hashed = hashlib.sha256()
                while piece := stream.read(_PIECE):
                    hashed.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            digest = Digest("sha256:" + hashed.hexdigest())
            self._move_in(name, self._place(digest))
            return digest
        finally:
            Path(name).unlink(missing_ok=True)

    def _move_in(self, name: str, place: Path) -> None:
        if place.exists():
            return
        if not place.parent.exists():
            place.parent.mkdir(exist_ok=True)
            _synchronise(self._root)
        os.chmod(name, 0o444)
        os.rename(name, place)
        _synchronise(place.parent)


def _synchronise(folder: Path) -> None:
    """Synchronise a folder, so that the names in it survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
