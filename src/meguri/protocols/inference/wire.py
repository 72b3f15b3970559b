"""Bodies of the Open Inference Protocol v2 in JSON, decoded to requests of the gateway and encoded from its answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any

import msgspec

from meguri.core.definitions.features import DType
from meguri.core.definitions.models import Value
from meguri.core.errors import Invalid, Unsupported
from meguri.core.times import from_micros, is_moment, iso, micros, parse_time
from meguri.serving.gateway import Answer, PredictionRequest
from meguri.serving.live import Live

OUTPUT = "prediction"

_INTEGERS = {f"{sign}{bits}": (0, 2**bits - 1) if sign == "UINT" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
             for sign in ("INT", "UINT") for bits in (8, 16, 32, 64)}  # fmt: skip
_FLOATS = ("FP64", "FP32", "FP16")
_DATATYPES: dict[DType, tuple[str, ...]] = {
    "float": (*_FLOATS, *_INTEGERS),
    "int": ("INT64", *_INTEGERS),
    "bool": ("BOOL",),
    "str": ("BYTES",),
}
_NUMBER = (frozenset[type]({float, int, NoneType}), "numbers (null where a value is missing)")
_WHOLE = (frozenset[type]({int, NoneType}), "whole numbers (null where a value is missing)")
_KINDS: dict[str, tuple[frozenset[type], str]] = {
    **dict.fromkeys(_FLOATS, _NUMBER),
    **dict.fromkeys(_INTEGERS, _WHOLE),
    "BOOL": (frozenset({bool, NoneType}), "true or false"),
    "BYTES": (frozenset({str, NoneType}), "strings"),
}
_JUST_FLOATS = {float}
_SMALLEST_TIME = 10**14
"""Microseconds in spring 1973. Seconds and milliseconds of today are smaller numbers: taken for microseconds, they would begin a history of
fifty years for every monitor to judge."""


class Tensor(msgspec.Struct):
    """An input. `data` in row order, flat or nested."""

    name: str
    shape: list[int]
    datatype: str
    data: list[Any] | None = None  # Any: checked against `datatype` below
    parameters: dict[str, Any] | None = None  # Any: free by the protocol


class RequestedOutput(msgspec.Struct):
    """An output that the client wants."""

    name: str


class InferRequest(msgspec.Struct):
    """Keys that are not named here are ignored, as the protocol's clients expect."""

    inputs: list[Tensor]
    id: str | None = None
    parameters: dict[str, Any] | None = None  # Any: free by the protocol
    outputs: list[RequestedOutput] | None = None


_decode = msgspec.json.Decoder(InferRequest).decode
encode = msgspec.json.Encoder().encode


def decode_request(body: bytes, live: Live) -> PredictionRequest:
    """Raises Invalid naming the tensor and what it must be."""
    try:
        request = _decode(body)
    except msgspec.ValidationError as error:
        raise Invalid("body", f"{error}: send {{'inputs': [{{'name', 'shape', 'datatype', 'data'}}]}}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if b'"binary_data_size"' in body:
            why = "binary tensors are not read: send the values of each input in `data` (Triton's client: binary_data=False)"
            raise Invalid("inputs", why) from error
        raise Invalid("body", f"is not JSON ({error}); NaN and Infinity are not JSON, send null for a missing number") from error
    except RecursionError as error:
        raise Invalid("body", "is nested too deeply: send the data of each input as a flat list") from error
    for output in request.outputs or ():
        if output.name != OUTPUT:
            raise Invalid("outputs", f"no output {output.name!r}: this model gives {OUTPUT!r}")
    columns: dict[str, list[Value]] = {}
    rows = -1
    for tensor in request.inputs:
        name = tensor.name
        if name in columns:
            raise Invalid(name, "is sent twice: send each input once")
        dtype = live.columns.get(name)
        if dtype is None:
            known = ", ".join(f"{known} ({_DATATYPES[kind][0]})" for known, kind in live.columns.items())
            raise Invalid(name, f"is not an input of this endpoint: it takes {known}, and looks the rest up itself")
        columns[name] = values = _values(tensor, dtype)
        if rows not in (-1, len(values)):
            raise Invalid(name, f"has {len(values)} rows and the inputs before it {rows}: send as many values for each input")
        rows = len(values)
    if rows < 0:
        raise Invalid("inputs", f"is empty: send {', '.join(live.columns)}")
    return PredictionRequest(request.id, columns, rows, _event_at(request.parameters))


def encode_answer(answer: Answer, endpoint: str) -> bytes:
    outputs = [{"name": OUTPUT, "datatype": "FP64", "shape": [len(answer.outputs)], "data": answer.outputs}]
    return encode(
        {
            "model_name": endpoint,
            "model_version": answer.version,
            "id": answer.id,
            "parameters": {"deployment": answer.deployment, "event_time": iso(from_micros(answer.event_at))},
            "outputs": outputs,
        }
    )


def model_metadata(live: Live) -> dict[str, Any]:  # Any: JSON
    """What `GET /v2/models/{m}` answers. -1 stands for any number of rows."""
    return {
        "name": live.spec.endpoint,
        "versions": [live.spec.version],
        "platform": {"onnx": "onnxruntime_onnx", "skops": "sklearn_skops"}.get(live.spec.model.format, live.spec.model.format),
        "inputs": [{"name": name, "datatype": _DATATYPES[dtype][0], "shape": [-1]} for name, dtype in live.columns.items()],
        "outputs": [{"name": OUTPUT, "datatype": "FP64", "shape": [-1]}],
    }


def _values(tensor: Tensor, dtype: DType) -> list[Value]:
    name, datatype, data = tensor.name, tensor.datatype, tensor.data
    if datatype not in _DATATYPES[dtype]:
        raise Invalid(name, f"has datatype {datatype!r}, but its type is {dtype}: send {' or '.join(_DATATYPES[dtype][:4])}")
    if data is None:
        if tensor.parameters and "binary_data_size" in tensor.parameters:
            raise Unsupported("the binary tensor extension", f"send the data of {name!r} as JSON")
        raise Invalid(name, "has no data: send a list of values")
    if data and type(data[0]) is list:
        data = _flat(tensor, data)
    count = len(data)
    if tensor.shape != [count] and tensor.shape != [count, 1]:
        raise Invalid(name, f"has shape {tensor.shape} and {count} values: send shape [rows] or [rows, 1] with one value a row")
    types = set(map(type, data))
    if types == _JUST_FLOATS and datatype in _FLOATS:
        return data
    _check_values(name, datatype, data, types)
    if dtype == "float":
        try:
            return [None if value is None else float(value) for value in data]
        except OverflowError as error:
            raise Invalid(name, "holds a number that is too large for FP64: send a value below 1.8e308") from error
    return data


def _check_values(name: str, datatype: str, data: list[Any], types: set[type]) -> None:  # Any: what is being checked
    kinds, words = _KINDS[datatype]
    if not types <= kinds:
        row = next(row for row, value in enumerate(data) if type(value) not in kinds)
        raise Invalid(name, f"row {row} is {_show(data[row])}, but {datatype} holds {words}")
    limits = _INTEGERS.get(datatype)
    if limits is None:
        return
    for row, value in enumerate(data):
        if value is not None and not limits[0] <= value <= limits[1]:
            raise Invalid(name, f"row {row} is {value}, which {datatype} cannot hold: send a value from {limits[0]} to {limits[1]}")


def _flat(tensor: Tensor, data: list[Any]) -> list[Any]:  # Any: checked by the caller
    for row, values in enumerate(data):
        if type(values) is not list or len(values) != 1:
            raise Invalid(tensor.name, f"row {row} does not hold one value: send shape [rows] or [rows, 1] with one value a row")
    return [values[0] for values in data]


def _event_at(parameters: Mapping[str, Any] | None) -> int | None:  # Any: free by the protocol
    value = parameters.get("event_time") if parameters else None
    if value is None:
        return None
    if type(value) is str:
        return micros(parse_time(value, "event_time"))
    if type(value) is int and value >= _SMALLEST_TIME and is_moment(value):
        return value
    if type(value) is int:
        raise Invalid("event_time", f"{_show(value)} is no time in microseconds since 1970: send seconds times 10**6, or ISO 8601")
    raise Invalid("event_time", f"{_show(value)} is not a time: send ISO 8601 with a zone, or microseconds since 1970 as a whole number")


def _show(value: Any) -> str:  # Any: whatever JSON can hold
    text = encode(value).decode()
    return text if len(text) <= 60 else text[:57] + "..."
