"""Content addresses."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from meguri.core.ids import Digest


def digest_of(content: bytes) -> Digest:
    """The address of some bytes: `sha256:...`."""
    return Digest("sha256:" + hashlib.sha256(content).hexdigest())


def digest_of_value(value: Any) -> Digest:  # Any: whatever JSON can hold
    """The address of a JSON value: keys sorted, so equal values have equal addresses."""
    return digest_of(msgspec.json.encode(value, order="sorted"))
