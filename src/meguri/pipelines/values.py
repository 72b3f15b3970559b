"""Values between steps, as bytes that depend on nothing but the value: Arrow, npy, JSON, ONNX, skops; never pickle.

The same value has the same bytes in every process: what lies under a null, how a frame was sliced or chunked, the memory addresses that
skops writes, and the order of a dict's keys do not show. Loaded by step workers; heavy libraries are imported when a value needs them.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meguri.core.definitions.pipelines import Format
from meguri.core.digests import digest_of
from meguri.core.errors import Invalid, Unsupported
from meguri.core.ids import Digest
from meguri.core.json import JsonObject
from meguri.core.model import TRUSTED_TYPES

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

FORMATS_VERSION = 1
"""Raised when the same value begins to have other bytes; it is a part of every cache key."""

HINT = "return a Polars, pandas or Arrow frame, a NumPy array, plain JSON, a scikit-learn estimator, an ONNX model or mg.Model(...)"


@dataclass(frozen=True, slots=True)
class ValueRef:
    """A value by its content. `type` is what a step is given (`polars.DataFrame`); `summary` is shown (rows, columns, ...).

    `parts`: further blobs that it is made of (those of a model).
    """

    format: Format
    type: str
    digest: Digest
    size: int
    summary: JsonObject = field(default_factory=dict)
    parts: tuple[Digest, ...] = ()

    @property
    def key(self) -> str:
        """The part of a cache key for this input: the same content read as another type is another input."""
        return f"{self.type} {self.digest}"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value and the bytes of all that it is made of."""

    ref: ValueRef
    blobs: dict[Digest, bytes]


Read = Callable[[Digest], bytes]


def encode(value: Any) -> Encoded:  # Any: whatever a step returns
    """The value as bytes. Raises Unsupported for a type that cannot be stored by its content, Invalid for a value that cannot."""
    module = type(value).__module__.partition(".")[0]
    if module in ("polars", "pandas", "pyarrow"):
        return _encoded_frame(value, module)
    if module == "numpy":
        return _encoded_array(value)
    if module == "onnx":
        content = bytes(value.SerializeToString(deterministic=True))
        return _whole("onnx", "onnx.ModelProto", content, {})
    if _is_estimator(value):
        return _whole("skops", _type_name(value), skops_bytes(value), {"estimator": type(value).__name__})
    return _encoded_json(value)


def decode(ref: ValueRef, read: Read) -> Any:  # Any: whatever was encoded
    """The value again, of the type that it had."""
    content = read(ref.digest)
    if ref.format == "arrow":
        return _as_frame(content, ref.type)
    if ref.format == "npy":
        import numpy as np

        array = np.load(io.BytesIO(content), allow_pickle=False)
        return array[()] if ref.type == "numpy.generic" else array
    if ref.format == "json":
        return json.loads(content)
    if ref.format == "onnx":
        import onnx

        return onnx.load_model_from_string(content)
    if ref.format == "skops":
        return skops_load(content)
    raise Unsupported(f"the format {ref.format!r}", "it was stored by a later version of meguri")


def decode_numbers(ref: ValueRef, read: Read) -> np.ndarray:
    """A vector of numbers that a worker made. Raises Unsupported for every other format, without reading it: the worker runs the code of a
    project, and its process alone may load objects (models, archives)."""
    import numpy as np

    if ref.format != "npy":
        raise Unsupported(f"a score in the format {ref.format!r}", "workers answer scores as an array of numbers")
    array = np.load(io.BytesIO(read(ref.digest)), allow_pickle=False)
    if array.ndim != 1 or array.dtype.kind not in "fiub":
        raise Unsupported(f"a score of {array.dtype} and shape {array.shape}", "workers answer scores as one number a row")
    return np.asarray(array, dtype=np.float64)


def arrow_bytes(frame: pl.DataFrame) -> bytes:
    """A Polars frame as an Arrow IPC stream of one batch. Raises Unsupported for columns whose bytes would differ between processes."""
    import polars as pl

    buffer = io.BytesIO()
    pl.DataFrame([_canonical(series) for series in frame.get_columns()]).rechunk().write_ipc_stream(
        buffer, compat_level=pl.CompatLevel.oldest()
    )
    return buffer.getvalue()


def arrow_frame(content: bytes) -> pl.DataFrame:
    import polars as pl

    return pl.read_ipc_stream(io.BytesIO(content))


def npy_bytes(array: np.ndarray) -> bytes:
    import numpy as np

    plain = np.ascontiguousarray(array).reshape(array.shape)  # ascontiguousarray makes a vector of a scalar
    buffer = io.BytesIO()
    np.save(buffer, plain.astype(plain.dtype.newbyteorder("<"), copy=False), allow_pickle=False)
    return buffer.getvalue()


def skops_bytes(estimator: Any) -> bytes:  # Any: an estimator
    """A skops archive without the memory addresses and times that skops writes into it."""
    from skops.io import dumps

    return _without_addresses(dumps(estimator))


def skops_load(content: bytes) -> Any:  # Any: an estimator
    """Raises Unsupported for an archive that holds types which are not in our list."""
    from skops.io import get_untrusted_types, loads

    foreign = sorted(set(get_untrusted_types(data=content)) - set(TRUSTED_TYPES))
    if foreign:
        raise Unsupported(f"an estimator that holds {', '.join(foreign)}", "keep what you need of it as arrays or JSON")
    return loads(content, trusted=list(TRUSTED_TYPES))


def model_ref(manifest: Mapping[str, Any], blobs: Mapping[Digest, bytes]) -> Encoded:  # Any: JSON
    """The value of an `mg.Model`: a document that names its blobs."""
    content = _json_bytes(dict(manifest), "model")
    digest = digest_of(content)
    summary = {"served": manifest["served"]["format"], "features": len(manifest["inputs"]), "metrics": manifest["metrics"]}
    ref = ValueRef("model", "meguri.Model", digest, sum(map(len, blobs.values())), summary, tuple(sorted(blobs)))
    return Encoded(ref, {digest: content, **blobs})


def read_file(paths: Mapping[Digest, Path]) -> Read:
    """Reads blobs from files by digest, and checks the content of each with its digest."""

    def read(digest: Digest) -> bytes:
        content = paths[digest].read_bytes()
        if digest_of(content) != digest:
            raise Invalid(
                "blob", f"{digest} is damaged: restore {paths[digest]} from a backup, or run the pipeline again without its cache"
            )
        return content

    return read


def _whole(format: Format, type_name: str, content: bytes, summary: JsonObject) -> Encoded:
    ref = ValueRef(format, type_name, digest_of(content), len(content), summary)
    return Encoded(ref, {ref.digest: content})


def _encoded_frame(value: Any, module: str) -> Encoded:  # Any: a frame of one of three libraries
    import polars as pl

    if isinstance(value, pl.Series) or type(value).__name__ not in ("DataFrame", "Table"):
        raise Unsupported(f"{_type_name(value)} between steps", f"collect it into a frame: {HINT}")
    if module == "pandas" and type(value.index).__name__ != "RangeIndex":
        raise Invalid("frame", "a pandas frame between steps has no index of its own: call reset_index() first")
    frame = value if module == "polars" else pl.from_pandas(value) if module == "pandas" else pl.from_arrow(value)
    assert isinstance(frame, pl.DataFrame)  # from_arrow of a table
    summary = {"rows": frame.height, "columns": {name: str(dtype) for name, dtype in frame.schema.items()}}
    return _whole("arrow", f"{module}.{type(value).__name__}", arrow_bytes(frame), summary)


def _as_frame(content: bytes, type_name: str) -> Any:  # Any: a frame of one of three libraries
    frame = arrow_frame(content)
    if type_name == "pandas.DataFrame":
        return frame.to_pandas()
    return frame.to_arrow() if type_name == "pyarrow.Table" else frame


def _canonical(series: pl.Series) -> pl.Series:
    """The same values in memory that depends on them alone: nothing under a null or behind the end of a bitmap, one kind of NaN."""
    import polars as pl

    dtype = series.dtype
    if dtype in (pl.Categorical, pl.Object, pl.Unknown):
        raise Unsupported(f"column {series.name!r} of type {dtype} between steps", "cast it to pl.String or pl.Enum")
    if dtype.is_float():
        series = series.fill_nan(math.nan)
    if dtype.is_nested():
        return pl.Series(series.name, series.to_list(), dtype=dtype)
    if not series.null_count() and dtype != pl.Boolean:
        return series
    if dtype == pl.Boolean:
        plain = pl.Series(series.fill_null(value=False).to_numpy())
    elif (dtype.is_numeric() and not dtype.is_decimal() and dtype != pl.Int128) or dtype.is_temporal():
        plain = pl.Series(series.to_physical().fill_null(0).to_numpy()).cast(dtype)
    else:
        return pl.Series(series.name, series.to_list(), dtype=dtype)
    there = pl.Series(series.is_not_null().to_numpy())
    return pl.select(pl.when(there).then(plain).alias(series.name)).to_series() if series.null_count() else plain.alias(series.name)


def _encoded_array(value: Any) -> Encoded:  # Any: an array or a scalar of NumPy
    import numpy as np

    is_scalar = isinstance(value, np.generic)
    array = np.asarray(value)
    if array.dtype.hasobject or type(value) not in (np.ndarray, type(value)) or array.dtype.names:
        raise Unsupported(f"an array of {array.dtype} between steps", f"give it a plain type: {HINT}")
    if not is_scalar and type(value) is not np.ndarray:
        raise Unsupported(f"{_type_name(value)} between steps", f"take numpy.asarray of it: {HINT}")
    name = "numpy.generic" if is_scalar else "numpy.ndarray"
    return _whole("npy", name, npy_bytes(array), {"shape": list(array.shape), "dtype": str(array.dtype)})


def _encoded_json(value: Any) -> Encoded:  # Any: JSON, or what is refused
    content = _json_bytes(value, "value")
    summary = {"value": value} if len(content) <= 200 else {"bytes": len(content)}
    return _whole("json", "json", content, summary)


def _json_bytes(value: Any, where: str) -> bytes:  # Any: as above
    _ensure_json(value, where)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _ensure_json(value: Any, where: str) -> None:  # Any: as above
    if value is None or type(value) in (str, int, bool):
        return
    if type(value) is float:
        if not math.isfinite(value):
            raise Invalid(where, f"{value} is not JSON: return it as a NumPy number, or leave it out")
        return
    if type(value) is list:
        for index, each in enumerate(value):
            _ensure_json(each, f"{where}[{index}]")
        return
    if type(value) is dict:
        for key, each in value.items():
            if type(key) is not str:
                raise Invalid(where, f"the key {key!r} is not a text: JSON has no other keys")
            _ensure_json(each, f"{where}[{key!r}]")
        return
    raise Unsupported(f"{_type_name(value)} between steps (at {where})", HINT)


def _without_addresses(content: bytes) -> bytes:
    """Number the objects of a skops archive in the order of its schema, where skops names them by their addresses in memory."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read("schema.json"))
        numbers: dict[int, int] = {}
        files: dict[str, str] = {}
        _renumber(schema, numbers, files)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as plain:
            for former, name in sorted(files.items(), key=lambda pair: pair[1]):
                plain.writestr(zipfile.ZipInfo(name), archive.read(former))
            plain.writestr(zipfile.ZipInfo("schema.json"), json.dumps(schema, indent=None, sort_keys=True))
    return buffer.getvalue()


def _renumber(node: Any, numbers: dict[int, int], files: dict[str, str]) -> None:  # Any: JSON
    if isinstance(node, dict):
        if isinstance(node.get("__id__"), int):
            node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
        file = node.get("file")
        if isinstance(file, str) and "__loader__" in node:
            node["file"] = files.setdefault(file, f"{len(files):06d}{Path(file).suffix}")
        for each in node.values():
            _renumber(each, numbers, files)
    elif isinstance(node, list):
        for each in node:
            _renumber(each, numbers, files)


def _is_estimator(value: object) -> bool:
    if "sklearn" not in {base.__module__.partition(".")[0] for base in type(value).__mro__}:
        return False
    from sklearn.base import BaseEstimator

    return isinstance(value, BaseEstimator)


def _type_name(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"
