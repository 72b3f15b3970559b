"""The contract of a BlobStore."""

from __future__ import annotations

import hashlib
import threading
from io import BytesIO

import pytest

from meguri.core.errors import Invalid, NotFound
from meguri.core.ids import Digest
from meguri.ports.blobs import BlobStore

ABSENT = Digest("sha256:" + "0" * 64)


class BlobContract:
    """Derive from it and give the fixture `blobs`."""

    @pytest.fixture
    def blobs(self) -> BlobStore:
        raise NotImplementedError

    def test_what_was_put_is_read(self, blobs: BlobStore) -> None:
        digest = blobs.put_bytes(b"abc")
        assert digest == "sha256:" + hashlib.sha256(b"abc").hexdigest()
        assert blobs.read(digest) == b"abc"
        assert blobs.size(digest) == 3
        assert blobs.exists(digest)

    def test_same_bytes_have_same_digest(self, blobs: BlobStore) -> None:
        assert blobs.put(BytesIO(b"a")) == blobs.put(BytesIO(b"a")) == blobs.put_bytes(b"a")

    def test_nothing_is_a_blob_too(self, blobs: BlobStore) -> None:
        digest = blobs.put_bytes(b"")
        assert (blobs.read(digest), blobs.size(digest)) == (b"", 0)

    def test_stream_is_read_in_pieces(self, blobs: BlobStore) -> None:
        content = bytes(range(256)) * 20_000
        digest = blobs.put(_Trickle(content))
        with blobs.open(digest) as stream:
            assert stream.read(10) == content[:10]
            assert stream.read() == content[10:]

    def test_broken_stream_leaves_nothing(self, blobs: BlobStore) -> None:
        with pytest.raises(RuntimeError, match="torn"):
            blobs.put(_Trickle(b"abc", breaks=True))
        assert not blobs.exists(Digest("sha256:" + hashlib.sha256(b"abc").hexdigest()))

    def test_path_holds_the_bytes_where_there_is_one(self, blobs: BlobStore) -> None:
        path = blobs.path(blobs.put_bytes(b"abc"))
        assert path is None or path.read_bytes() == b"abc"
        assert blobs.path(ABSENT) is None

    def test_absent_blob_is_not_found(self, blobs: BlobStore) -> None:
        assert not blobs.exists(ABSENT)
        for ask in (blobs.open, blobs.read, blobs.size):
            with pytest.raises(NotFound):
                ask(ABSENT)

    @pytest.mark.parametrize("text", ["", "abc", "sha256:../../etc/passwd", "sha256:" + "A" * 64, "md5:" + "0" * 64, ABSENT + "\n"])
    def test_text_that_is_no_digest_is_refused(self, blobs: BlobStore, text: str) -> None:
        for ask in (blobs.open, blobs.read, blobs.size, blobs.exists, blobs.path, blobs.delete):
            with pytest.raises(Invalid):
                ask(Digest(text))

    def test_deleted_blob_is_gone_and_deleting_again_is_nothing(self, blobs: BlobStore) -> None:
        digest = blobs.put_bytes(b"abc")
        blobs.delete(digest)
        blobs.delete(digest)
        assert not blobs.exists(digest)

    def test_many_threads_put_the_same_bytes(self, blobs: BlobStore) -> None:
        digests: list[Digest] = []
        threads = [threading.Thread(target=lambda: digests.append(blobs.put_bytes(b"x" * 100_000))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(digests) == 8 and len(set(digests)) == 1
        assert blobs.read(digests[0]) == b"x" * 100_000


class _Trickle:
    """A stream that gives less than it is asked for, and may break at the end."""

    def __init__(self, content: bytes, *, breaks: bool = False) -> None:
        self._rest = BytesIO(content)
        self._breaks = breaks

    def read(self, size: int, /) -> bytes:
        piece = self._rest.read(min(size, 65_537))
        if not piece and self._breaks:
            raise RuntimeError("torn")
        return piece
