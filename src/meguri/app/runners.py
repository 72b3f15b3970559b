"""Which adapter loads which model format."""

from __future__ import annotations

from collections.abc import Sequence

from meguri.adapters.runners.onnx import OnnxRunner
from meguri.core.errors import Unsupported
from meguri.ports.runner import ModelRunner


def load_runner(content: bytes, format: str, names: Sequence[str]) -> ModelRunner:
    """A runner for a model's bytes. Raises Unsupported for a format, or a model, that cannot be served."""
    if format == "onnx":
        return OnnxRunner(content, names)
    if format == "skops":
        from meguri.adapters.runners.skops import SkopsRunner  # loads scikit-learn: 70 MB that most endpoints never need

        return SkopsRunner(content, names)
    raise Unsupported(f"model format {format!r}", "register the model as ONNX or skops")
