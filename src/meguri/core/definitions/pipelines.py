"""Steps and pipelines: a pipeline is traced once, when it is declared, into a list of calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from meguri.core.json import JsonObject

Format = Literal["arrow", "npy", "json", "onnx", "skops", "model"]
"""How a value is stored between steps; `model`: a JSON document that names the blobs of an `mg.Model`."""


@dataclass(frozen=True, slots=True)
class ArgumentDefinition:
    """Where a step's argument comes from: `step` (output of that call), `parameter` (of the pipeline run) or `value` (a constant)."""

    name: str
    kind: Literal["step", "parameter", "value"]
    value: Any = None  # Any: a call's name, a parameter's name, or a JSON constant


@dataclass(frozen=True, slots=True)
class StepCallDefinition:
    """One call of a step. `entrypoint` is `module:function` in the bundle, or `meguri:<builtin>` for a step that meguri brings.

    `cache` False: it runs in every pipeline run, for its result depends on more than its key holds.

    Built-in steps: `meguri:training_frame` (argument `service`: name of a feature service) and `meguri:register` (arguments `model`:
    output of the step that made it, `name`: the registered model's name).
    """

    name: str
    entrypoint: str
    arguments: tuple[ArgumentDefinition, ...] = ()
    timeout_seconds: float = 600.0
    retries: int = 0
    cache: bool = True


@dataclass(frozen=True, slots=True)
class PipelineDefinition:
    """`holdout_seconds`: the newest part of the rows, never trained on, reserved for the gate.

    Every run is given `until` (event time up to which rows are known) and `cutoff` = until - holdout; rows that train are before
    the cut-off.
    """

    name: str
    calls: tuple[StepCallDefinition, ...]
    parameters: JsonObject
    holdout_seconds: float = 0.0
    description: str = ""
