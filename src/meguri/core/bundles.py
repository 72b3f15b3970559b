"""The address and the limits of a bundle: what a project declares (its manifest) and its source (an uncompressed tar)."""

from __future__ import annotations

from meguri.core.digests import digest_of
from meguri.core.ids import BundleDigest

LARGEST_SOURCE = 64 * 2**20
"""Bytes of all files together."""

LARGEST_MANIFEST = 4 * 2**20
MOST_FILES = 10_000


def bundle_digest(manifest: bytes, archive: bytes) -> BundleDigest:
    """The address of a bundle: of the very bytes that were sent, which every release hashes alike."""
    return BundleDigest(digest_of(manifest + digest_of(archive).encode()))
