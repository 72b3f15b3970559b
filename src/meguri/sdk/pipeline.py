"""Steps and pipelines: plain functions, and the trace of how they are joined."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import timedelta
from typing import Any, Generic, NoReturn, ParamSpec, Protocol, TypeVar, cast, overload

from meguri.core.definitions.pipelines import ArgumentDefinition, PipelineDefinition, StepCallDefinition
from meguri.core.errors import Invalid
from meguri.core.model import Model
from meguri.core.times import seconds
from meguri.sdk import collect

__all__ = ["Model", "Pipeline", "Step", "pipeline", "register", "step", "training_frame"]

P = ParamSpec("P")
R = TypeVar("R")
Duration = str | float | timedelta


class Step(Generic[P, R]):
    """A function that a pipeline may call. Called anywhere else (a notebook, a test) it is just that function."""

    def __init__(self, function: Callable[P, R], timeout_seconds: float, retries: int) -> None:
        if "<locals>" in function.__qualname__ or "." in function.__qualname__:
            raise Invalid("step", f"{function.__qualname__} is not at the top of its module: a worker could not find it there")
        self.function, self.timeout_seconds, self.retries = function, timeout_seconds, retries
        self.signature = inspect.signature(function)
        loose = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        if any(each.kind in loose for each in self.signature.parameters.values()):
            raise Invalid("step", f"{function.__name__} takes *args or **kwargs: name each argument, so that it can be recorded")
        functools.update_wrapper(self, function)

    @property
    def entrypoint(self) -> str:
        return f"{self.function.__module__}:{self.function.__qualname__}"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        trace = _trace.get()
        if trace is None:
            return self.function(*args, **kwargs)
        try:
            given = self.signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise Invalid(self.function.__name__, f"{error}: it takes {self.signature}") from error
        output = trace.add(self.function.__name__, self.entrypoint, given, self.timeout_seconds, self.retries)
        return cast(R, output)  # in a trace every value is a placeholder of what the step will return


@overload
def step(function: Callable[P, R], /) -> Step[P, R]: ...


@overload
def step(*, timeout: Duration = ..., retries: int = ...) -> Callable[[Callable[P, R]], Step[P, R]]: ...


def step(
    function: Callable[P, R] | None = None, /, *, timeout: Duration = "10m", retries: int = 0
) -> Step[P, R] | Callable[[Callable[P, R]], Step[P, R]]:
    """Make a function a step: it runs in a worker process, its arguments and its result are kept by content, and it is not run again
    where neither its code, its arguments nor its environment changed.

    `timeout`: a step that takes longer is killed. `retries`: how often a failed step is tried again. Raises Invalid.
    """
    made = functools.partial(Step, timeout_seconds=seconds(timeout, "timeout"), retries=retries)
    return made if function is None else made(function)


class Pipeline(Generic[P]):
    """Steps joined by what they hand on; `definition` is what is applied. Called, it runs as plain Python (without built-in steps)."""

    def __init__(self, function: Callable[P, object], definition: PipelineDefinition) -> None:
        self.function, self.definition = function, definition
        functools.update_wrapper(self, function)

    @property
    def name(self) -> str:
        return self.definition.name

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> object:
        return self.function(*args, **kwargs)


@overload
def pipeline(function: Callable[P, object], /) -> Pipeline[P]: ...


@overload
def pipeline(*, holdout: Duration = ..., name: str | None = ...) -> Callable[[Callable[P, object]], Pipeline[P]]: ...


def pipeline(
    function: Callable[P, object] | None = None, /, *, holdout: Duration = 0.0, name: str | None = None
) -> Pipeline[P] | Callable[[Callable[P, object]], Pipeline[P]]:
    """Declare a pipeline: the function is called once, now, to see how its steps are joined. Its parameters, each with a JSON default,
    become the parameters of a run.

    `holdout`: the newest part of the rows (event time) is kept from training, for the gate. Raises Invalid for what cannot be traced.
    """

    def declare(traced: Callable[P, object]) -> Pipeline[P]:
        definition = _traced(traced, name or traced.__name__, seconds(holdout, "holdout"))
        collect.declare("pipelines", definition)
        return Pipeline(traced, definition)

    return declare if function is None else declare(function)


class HasName(Protocol):
    """A feature service, or anything else that is known by its name."""

    @property
    def name(self) -> str: ...


def training_frame(service: HasName | str) -> Any:  # Any: a Polars frame in the step that gets it, a placeholder in the trace
    """The rows to train with: each row of the service's source before the cut-off whose label is known, its request columns, its
    features as they were known at its event time, and its label. For use inside a pipeline."""
    trace = _required_trace("training_frame")
    return trace.add("training_frame", "meguri:training_frame", {"service": service if isinstance(service, str) else service.name})


def register(model: Model, *, name: str) -> None:
    """Keep the model as a new version of the registered model `name`. For use inside a pipeline."""
    _required_trace("register").add("register", "meguri:register", {"model": model, "name": name})


class _Placeholder:
    """Stands for a value that is known when the pipeline runs."""

    def __init__(self, kind: str, name: str) -> None:
        self._kind, self._name = kind, name

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        what = f"the parameter {self._name!r}" if self._kind == "parameter" else f"what {self._name!r} returns"
        raise Invalid("pipeline", f"{what} is only known when the pipeline runs: do this inside a step and pass the value to it")

    __bool__ = __iter__ = __len__ = __getitem__ = __getattr__ = __call__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _refuse
    __hash__ = None  # type: ignore[assignment]  # it is nobody's key


class _Trace:
    def __init__(self) -> None:
        self.calls: list[StepCallDefinition] = []

    def add(self, name: str, entrypoint: str, arguments: dict[str, Any], timeout_seconds: float = 600.0, retries: int = 0) -> _Placeholder:
        count = sum(call.entrypoint == entrypoint for call in self.calls)
        taken = {call.name for call in self.calls}
        unique = name if name not in taken else f"{name}-{count + 1}"
        while unique in taken:
            count += 1
            unique = f"{name}-{count + 1}"
        read = tuple(_argument(unique, key, value) for key, value in arguments.items())
        self.calls.append(StepCallDefinition(unique, entrypoint, read, timeout_seconds, retries))
        return _Placeholder("step", unique)


_trace: ContextVar[_Trace | None] = ContextVar("meguri_trace", default=None)


def _required_trace(what: str) -> _Trace:
    trace = _trace.get()
    if trace is None:
        raise Invalid(
            what, f"{what}() has a meaning only inside a function with @meguri.pipeline; in a notebook pass a frame to the step itself"
        )
    return trace


def _argument(call: str, name: str, value: Any) -> ArgumentDefinition:  # Any: whatever the pipeline's author passes
    if isinstance(value, _Placeholder):
        return ArgumentDefinition(name, "parameter" if value._kind == "parameter" else "step", value._name)
    _ensure_json(f"{call}({name}=)", value)
    return ArgumentDefinition(name, "value", value)


def _ensure_json(field: str, value: Any) -> None:  # Any: as above
    if _holds_placeholder(value):
        raise Invalid(field, "holds the output of a step inside a list or dict: pass each output as an argument of its own")
    try:
        same = json.loads(json.dumps(value, allow_nan=False)) == value
    except (TypeError, ValueError):
        same = False
    if not same:
        raise Invalid(field, f"{value!r} is not plain JSON: pass text, numbers, booleans, lists and dicts, or make the value in a step")


def _holds_placeholder(value: object) -> bool:
    if isinstance(value, dict):
        return any(_holds_placeholder(each) for each in value.values())
    if isinstance(value, list | tuple | set):
        return any(_holds_placeholder(each) for each in value)
    return isinstance(value, _Placeholder)


def _traced(function: Callable[..., object], name: str, holdout_seconds: float) -> PipelineDefinition:
    parameters = inspect.signature(function).parameters
    for each in parameters.values():
        if each.default is inspect.Parameter.empty:
            raise Invalid(name, f"parameter {each.name!r} has no default: give it one, so that the pipeline can start by itself")
        _ensure_json(f"{name}({each.name}=)", each.default)
    trace = _Trace()
    token = _trace.set(trace)
    try:
        function(**{each: _Placeholder("parameter", each) for each in parameters})
    finally:
        _trace.reset(token)
    if not trace.calls:
        raise Invalid(name, "calls no step: call functions with @meguri.step, training_frame() or register() in it")
    defaults = {each.name: each.default for each in parameters.values()}
    return PipelineDefinition(name, tuple(trace.calls), defaults, holdout_seconds, _first_paragraph(function))


def _first_paragraph(function: Callable[..., object]) -> str:
    lines: Sequence[str] = (inspect.getdoc(function) or "").split("\n\n", 1)[0].splitlines()
    return " ".join(lines)
