"""The public interface of meguri. Each name imports its module when it is first used, so that `import meguri` stays light."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from meguri.sdk.client import Client, connect
    from meguri.sdk.features import Entity, FeatureService, FeatureView, Project, Source, count, last, max, mean, min, sum
    from meguri.sdk.loop import Endpoint, Gate, Monitor, Policy, Trigger
    from meguri.sdk.pipeline import Model, pipeline, register, step, training_frame
    from meguri.sdk.run import Run, attach, finish, init, log, run
    from meguri.sdk.sync import sync

_HOMES = {
    "meguri.sdk.client": ("Client", "connect"),
    "meguri.sdk.features": (
        "Entity", "FeatureService", "FeatureView", "Project", "Source", "count", "last", "max", "mean", "min", "sum",
    ),
    "meguri.sdk.loop": ("Endpoint", "Gate", "Monitor", "Policy", "Trigger"),
    "meguri.sdk.pipeline": ("Model", "pipeline", "register", "step", "training_frame"),
    "meguri.sdk.run": ("Run", "attach", "finish", "init", "log", "run"),
    "meguri.sdk.sync": ("sync",),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Client", "connect",
    "Entity", "FeatureService", "FeatureView", "Project", "Source", "count", "last", "max", "mean", "min", "sum",
    "Endpoint", "Gate", "Monitor", "Policy", "Trigger",
    "Model", "pipeline", "register", "step", "training_frame",
    "Run", "attach", "finish", "init", "log", "run", "sync",
]  # fmt: skip


def __getattr__(name: str) -> Any:  # Any: whatever the module has under that name
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'meguri' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
