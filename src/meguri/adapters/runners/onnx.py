"""ONNX models in ONNX Runtime, on one thread."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from meguri.adapters.runners.plain import ensure_plain
from meguri.core.errors import Invalid, Unsupported
from meguri.ports.runner import Row

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # its wheel reports home by default, and reads this only when it is imported
import onnxruntime

_NUMBERS = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}
_CONVERT = "register it again with mg.register(), which converts it"


class OnnxRunner:
    """One session with one thread that does not spin. The file must be whole (see `ensure_plain`). A model takes either
    one matrix, or one tensor of shape [rows, 1] for each input."""

    def __init__(self, content: bytes, names: Sequence[str]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        options.log_severity_level = 3
        ensure_plain(content)
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises a class of its own for each kind of damage
            raise Unsupported("this ONNX model", f"ONNX Runtime cannot read it ({_first_line(error)}); {_CONVERT}") from error
        self._names = tuple(names)
        self._run = self._session.run
        self._outputs = [_output(self._session)]
        self._feed = _feed(self._session, self._names)

    def predict(self, rows: Sequence[Row]) -> list[float]:
        if len(rows[0]) != len(self._names):
            raise Invalid("inputs", f"a row has {len(rows[0])} values: the model takes {', '.join(self._names)}")
        try:
            feed = self._feed(rows)
        except (ValueError, TypeError, OverflowError) as error:
            raise Invalid("inputs", f"the model cannot take these values ({error}): it takes {', '.join(self._names)}") from error
        outputs: list[float] = self._run(self._outputs, feed)[0].reshape(-1).tolist()
        if len(outputs) != len(rows):
            raise Unsupported("this ONNX model", f"it gives {len(outputs)} values for {len(rows)} rows: it must give one a row")
        return outputs

    def close(self) -> None:
        del self._run, self._session


def _output(session: Any) -> str:  # Any: onnxruntime has no types
    for output in session.get_outputs():
        if output.type in ("tensor(float)", "tensor(double)", "tensor(int64)"):
            return str(output.name)
    raise Unsupported("this ONNX model", "it has no numeric output: serve a model that gives one number a row")


def _feed(session: Any, names: tuple[str, ...]) -> Callable[[Sequence[Row]], dict[str, Any]]:  # Any: onnxruntime has no types
    inputs = session.get_inputs()
    if len(inputs) == 1 and inputs[0].type in _NUMBERS and (len(names) != 1 or inputs[0].name not in names):
        width = inputs[0].shape[1] if len(inputs[0].shape) == 2 else None
        if isinstance(width, int) and width != len(names):
            raise Unsupported("this ONNX model", f"it takes {width} values a row, but {len(names)} inputs are named: {', '.join(names)}")
        name, dtype = inputs[0].name, _NUMBERS[inputs[0].type]
        return lambda rows: {name: np.array(rows, dtype=dtype)}
    places = {name: place for place, name in enumerate(names)}
    columns = [(each.name, places.get(each.name), _NUMBERS.get(each.type, np.object_)) for each in inputs]
    for name, place, _ in columns:
        if place is None:
            raise Unsupported("this ONNX model", f"it takes {name!r}, which is not among its named inputs {', '.join(names)}; {_CONVERT}")
    return lambda rows: {name: np.array([[row[place]] for row in rows], dtype=dtype) for name, place, dtype in columns if place is not None}


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
