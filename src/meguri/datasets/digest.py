"""A content address for the values of a frame."""

from __future__ import annotations

import hashlib

import msgspec
import numpy as np
import polars as pl

from meguri.core.ids import Digest


def frame_digest(frame: pl.DataFrame) -> Digest:
    """Names, types and values in their order; independent of chunks, of memory layout, and of what stands behind a null."""
    content = hashlib.sha256(msgspec.json.encode([(name, str(dtype)) for name, dtype in frame.schema.items()]))
    content.update(len(frame).to_bytes(8, "big"))
    for column in frame.iter_columns():
        content.update(np.packbits(column.is_null().to_numpy()).tobytes())
        if column.dtype == pl.String:
            content.update(column.str.len_bytes().fill_null(0).to_numpy().astype("<u4").tobytes())
            content.update("".join(column.drop_nulls()).encode())
        elif column.dtype == pl.Boolean:
            content.update(np.packbits(column.fill_null(value=False).to_numpy()).tobytes())
        else:
            content.update(np.ascontiguousarray(column.to_physical().fill_null(0).to_numpy()).tobytes())
    return Digest("sha256:" + content.hexdigest())
