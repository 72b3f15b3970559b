"""Steps and pipelines: plain functions, and the trace of how one step's output becomes another one's argument."""

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
    """A function decorated with `step`. Called inside a pipeline it becomes a step of it; called anywhere else it runs as plain Python."""

    def __init__(self, function: Callable[P, R], timeout_seconds: float, retries: int, *, cache: bool = True) -> None:
        if "<locals>" in function.__qualname__ or "." in function.__qualname__:
            raise Invalid("step", f"{function.__qualname__} is not at the top of its module: a worker could not find it there")
        self.function, self.timeout_seconds, self.retries, self.cache = function, timeout_seconds, retries, cache
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
        output = trace.add(self.function.__name__, self.entrypoint, given, self.timeout_seconds, self.retries, cache=self.cache)
        return cast(R, output)  # in a trace every value is a placeholder of what the step will return


@overload
def step(function: Callable[P, R], /) -> Step[P, R]: ...


@overload
def step(*, timeout: Duration = ..., retries: int = ..., cache: bool = ...) -> Callable[[Callable[P, R]], Step[P, R]]: ...


def step(
    function: Callable[P, R] | None = None, /, *, timeout: Duration = "10m", retries: int = 0, cache: bool = True
) -> Step[P, R] | Callable[[Callable[P, R]], Step[P, R]]:
    """Declare a function as a pipeline step.

    In a pipeline run the function runs in a worker process. Its arguments and its result are stored by content, and a later run reuses
    the stored result when the step's code, the project's other files, the arguments and the environment are the same. Outside a pipeline
    the function runs as usual.

    Args:
        function: A function at the top level of a module, without `*args` and `**kwargs`. It may take and return numbers, text, lists
            and dictionaries of them, Polars and pandas frames, Arrow tables, NumPy arrays, scikit-learn estimators and `Model`.
        timeout: How long one attempt may take before it is stopped: `"10m"`, a number of seconds or a `timedelta`.
        retries: How many further attempts follow a failed one.
        cache: `False` for a step that reads something which is not in its arguments, such as a web page or the time: it runs every time.

    Returns:
        The step; without `function`, a decorator that makes one.

    Raises:
        Invalid: The function is nested or a method, takes `*args` or `**kwargs`, or `timeout` is not a duration.

    Example:
        @mg.step(timeout="5m", retries=2)
        def scale(values: list[float], factor: float = 2.0) -> list[float]:
            return [factor * value for value in values]

        assert scale([1.0, 2.0]) == [2.0, 4.0]
    """
    made = functools.partial(Step, timeout_seconds=seconds(timeout, "timeout"), retries=retries, cache=cache)
    return made if function is None else made(function)


class Pipeline(Generic[P]):
    """A function decorated with `pipeline`; `definition` is the graph of its steps. Called, it runs as plain Python, as long as it uses no
    built-in step (`training_frame`, `register`)."""

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
    """Declare a pipeline: a function that calls steps.

    The function is called once, at declaration, with placeholders, to record which output goes to which argument. It must not compute
    with values itself; that is the work of steps. Its parameters become the parameters of a pipeline run.

    Args:
        function: The function. Each parameter needs a default that JSON can hold.
        holdout: Length of event time before the watermark whose rows are not trained on; the validation gate evaluates on them.
        name: The pipeline's name; by default that of the function.

    Returns:
        The pipeline; without `function`, a decorator that makes one.

    Raises:
        Invalid: A parameter has no default, the function calls no step or computes with a placeholder, or `holdout` is not a duration.

    Example:
        @mg.step
        def double(value: int) -> int:
            return 2 * value

        @mg.pipeline
        def twice(start: int = 1):
            double(double(start))

        assert [call.name for call in twice.definition.calls] == ["double", "double-2"]
    """

    def declare(traced: Callable[P, object]) -> Pipeline[P]:
        definition = _traced(traced, name or traced.__name__, seconds(holdout, "holdout"))
        collect.declare("pipelines", definition)
        return Pipeline(traced, definition)

    return declare if function is None else declare(function)


class HasName(Protocol):
    """A feature service, or any other declaration with a name."""

    @property
    def name(self) -> str: ...


def training_frame(service: HasName | str) -> Any:  # Any: a Polars frame in the step that gets it, a placeholder in the trace
    """Return the training dataset of a feature service, as a step of a pipeline.

    The step that receives it gets a Polars frame sorted by event time, with one row for each row of the service's source that is before
    the cut-off (the watermark minus the pipeline's holdout) and whose label is known: the entity's key, the event time, the request
    columns, the features as they were known at the row's event time, and the label. A missing feature is null; no row is dropped for it.

    Args:
        service: A feature service, or its name.

    Returns:
        A placeholder for the frame, to pass to a step.

    Raises:
        Invalid: It is called outside a function with `@mg.pipeline`.

    Example:
        city = mg.Entity("city")
        rentals = mg.Source("rentals", entity=city, event_time="at", columns={"hr": int, "cnt": float})
        hourly = mg.FeatureService("hourly", source=rentals, request=["hr"], label="cnt")

        @mg.step
        def rows(frame) -> int:
            return frame.height

        @mg.pipeline(holdout="7d")
        def count_rows():
            rows(mg.training_frame(hourly))
    """
    trace = _required_trace("training_frame")
    return trace.add("training_frame", "meguri:training_frame", {"service": service if isinstance(service, str) else service.name})


def register(model: Model, *, name: str) -> None:
    """Register the output of a step as a new version of a model, as a step of a pipeline.

    The new version gets the alias `challenger`, and the validation gate of the model's policy evaluates it.

    Args:
        model: What the training step returned.
        name: The registered model. It is created with its first version.

    Returns:
        None.

    Raises:
        Invalid: It is called outside a function with `@mg.pipeline`.

    Example:
        @mg.step
        def train(seed: int) -> mg.Model:
            ...

        @mg.pipeline
        def retrain(seed: int = 0):
            mg.register(train(seed), name="bikes")
    """
    _required_trace("register").add("register", "meguri:register", {"model": model, "name": name})


class _Placeholder:
    """Stands for a value that exists only when the pipeline runs."""

    def __init__(self, kind: str, name: str) -> None:
        self._kind, self._name = kind, name

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        what = f"the parameter {self._name!r}" if self._kind == "parameter" else f"what {self._name!r} returns"
        raise Invalid("pipeline", f"{what} is only known when the pipeline runs: do this inside a step and pass the value to it")

    __bool__ = __iter__ = __len__ = __getitem__ = __getattr__ = __call__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _refuse
    __hash__ = None  # type: ignore[assignment]  # a placeholder is no key of a dictionary


class _Trace:
    def __init__(self) -> None:
        self.calls: list[StepCallDefinition] = []

    def add(
        self,
        name: str,
        entrypoint: str,
        arguments: dict[str, Any],  # Any: whatever the pipeline's author passes
        timeout_seconds: float = 600.0,
        retries: int = 0,
        *,
        cache: bool = True,
    ) -> _Placeholder:
        count = sum(call.entrypoint == entrypoint for call in self.calls)
        taken = {call.name for call in self.calls}
        unique = name if name not in taken else f"{name}-{count + 1}"
        while unique in taken:
            count += 1
            unique = f"{name}-{count + 1}"
        read = tuple(_argument(unique, key, value) for key, value in arguments.items())
        self.calls.append(StepCallDefinition(unique, entrypoint, read, timeout_seconds, retries, cache))
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
