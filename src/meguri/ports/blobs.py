"""Content-addressed bytes."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Protocol

from meguri.core.ids import Digest


class Readable(Protocol):
    """What `put` needs of a stream: `read(size)` gives at most `size` bytes, and nothing at the end."""

    def read(self, size: int, /) -> bytes: ...


class BlobStore(Protocol):
    """Bytes under the digest of their content.

    The law: a blob never changes. Equal bytes have equal digests and are kept once. A `put` that has returned survives the end of
    the process and a loss of power; one that was interrupted leaves nothing that can be read. Any number of threads and processes
    may put, read and delete at once. `open`, `read` and `size` raise NotFound for a digest that is not there and Invalid for a text
    that is no digest; `put` raises Unavailable when the bytes cannot be kept (a full disk). Streams are read in pieces, so a blob
    may be larger than memory.
    """

    def put(self, stream: Readable) -> Digest: ...

    def put_bytes(self, content: bytes) -> Digest: ...

    def open(self, digest: Digest) -> BinaryIO:
        """The caller closes it."""

    def read(self, digest: Digest) -> bytes: ...

    def path(self, digest: Digest) -> Path | None:
        """A local file with these bytes, where the engine has one; not to be written. None elsewhere, or if there is no such blob."""

    def exists(self, digest: Digest) -> bool: ...

    def size(self, digest: Digest) -> int:
        """In bytes."""

    def delete(self, digest: Digest) -> None:
        """Nothing happens where there is no such blob."""
