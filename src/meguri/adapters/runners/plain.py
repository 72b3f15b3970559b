"""What an ONNX file may hold to be loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import onnx

from meguri.core.errors import Unsupported

DOMAINS = ("", "ai.onnx", "ai.onnx.ml")
"""Operators of other domains would need a library of their own in the endpoint."""


def ensure_plain(content: bytes) -> None:
    """The model is whole and needs nothing else: no tensor in another file (the runtime would read the file that it names), no operator of
    another library, no functions or training graphs. Every part is looked at: subgraphs, sparse tensors and attributes too. Raises
    Unsupported."""
    try:
        model = onnx.load_model_from_string(content)
        onnx.checker.check_model(model)
    except Exception as error:  # the parser and the checker raise classes of their own
        advice = "register it again with mg.register(), which converts it"
        raise Unsupported("this ONNX model", f"it is not sound ({_first_line(error)}); {advice}") from error
    for part in _parts(model):
        if isinstance(part, onnx.FunctionProto):
            raise Unsupported("an ONNX model with functions of its own", "export it without local functions")
        if isinstance(part, onnx.TrainingInfoProto):
            raise Unsupported("an ONNX model with a training graph", "export it for inference")
        if isinstance(part, onnx.NodeProto) and part.domain not in DOMAINS:
            raise Unsupported(f"the ONNX operator {part.domain}.{part.op_type}", "export the model with standard operators only")
        if isinstance(part, onnx.TensorProto) and (part.data_location == onnx.TensorProto.EXTERNAL or len(part.external_data)):
            raise Unsupported("an ONNX model with tensors in other files", "save it with its tensors inside")


def _parts(message: Any) -> Iterator[Any]:  # Any: a message of ONNX, which has no types
    """The message and every message in it, at any depth."""
    waiting = [message]
    while waiting:
        each = waiting.pop()
        yield each
        for field, value in each.ListFields():
            if field.message_type is not None:
                waiting += [value] if hasattr(value, "ListFields") else value


def _first_line(error: Exception) -> str:
    return next((line.strip()[:200] for line in str(error).splitlines() if line.strip()), type(error).__name__)
