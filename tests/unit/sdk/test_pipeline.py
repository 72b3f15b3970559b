"""Pipelines are traced when they are declared; steps stay plain functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from meguri.core.definitions.pipelines import ArgumentDefinition, PipelineDefinition, StepCallDefinition
from meguri.core.errors import Invalid
from meguri.sdk.pipeline import Model, Pipeline, pipeline, register, step, training_frame

HERE = __name__


@step
def double(value: Any, times: int = 2) -> Any:
    """Twice."""
    return value * times


@step(timeout="90s", retries=2)
def add(one: Any, other: Any) -> Any:
    return one + other


untyped: Any = double


def declared(made: Pipeline[Any]) -> PipelineDefinition:
    return made.definition


def test_pipeline_is_traced_into_its_calls() -> None:
    @pipeline(holdout="7d")
    def retrain(depth: int = 4) -> None:
        """Train again.

        More about it."""
        frame = training_frame("hourly")
        first = double(frame, times=depth)
        second = double(first)
        register(add(first, other=second), name="bikes")

    assert declared(retrain) == PipelineDefinition(
        "retrain",
        (
            StepCallDefinition("training_frame", "meguri:training_frame", (ArgumentDefinition("service", "value", "hourly"),)),
            StepCallDefinition(
                "double",
                f"{HERE}:double",
                (ArgumentDefinition("value", "step", "training_frame"), ArgumentDefinition("times", "parameter", "depth")),
            ),
            StepCallDefinition("double-2", f"{HERE}:double", (ArgumentDefinition("value", "step", "double"),)),
            StepCallDefinition(
                "add",
                f"{HERE}:add",
                (ArgumentDefinition("one", "step", "double"), ArgumentDefinition("other", "step", "double-2")),
                90.0,
                2,
            ),
            StepCallDefinition(
                "register", "meguri:register", (ArgumentDefinition("model", "step", "add"), ArgumentDefinition("name", "value", "bikes"))
            ),
        ),
        {"depth": 4},
        604_800.0,
        "Train again.",
    )


def test_step_outside_a_pipeline_is_a_plain_function() -> None:
    assert (double(3), add(1, other=2), double.__doc__) == (6, 3, "Twice.")


def test_pipeline_outside_a_trace_runs_as_plain_python() -> None:
    @pipeline
    def plain(value: int = 5) -> int:
        return add(double(value), 1)

    assert plain(2) == 5


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (lambda value: double(1) if value else None, "only known when the pipeline runs"),
        (lambda value: double(value + 1), "only known when the pipeline runs"),
        (lambda value: [double(each) for each in add(1, 2)], "only known when the pipeline runs"),
        (lambda value: double([add(1, 2)]), "an argument of its own"),
        (lambda value: double(np.zeros(3)), "not plain JSON"),
        (lambda value: double((1, 2)), "not plain JSON"),
        (lambda value: double(float("nan")), "not plain JSON"),
        (lambda value: untyped(1, wrong=1), "unexpected keyword"),
        (lambda value: None, "calls no step"),
    ],
)
def test_what_cannot_be_traced_is_refused_with_what_to_do(body: Any, why: str) -> None:
    def traced(value: int = 1) -> None:
        body(value)

    with pytest.raises(Invalid, match=why):
        pipeline(traced)


def test_parameter_needs_a_default_that_json_has() -> None:
    def bare(value: int) -> None:
        double(value)

    def odd(value: Any = object()) -> None:  # noqa: B008
        double(value)

    with pytest.raises(Invalid, match="no default"):
        pipeline(bare)
    with pytest.raises(Invalid, match="not plain JSON"):
        pipeline(odd)


def test_step_must_be_found_by_its_name() -> None:
    def inner() -> None: ...

    def loose(*values: int) -> None: ...

    with pytest.raises(Invalid, match="not at the top"):
        step(inner)
    loose.__qualname__ = "loose"
    with pytest.raises(Invalid, match=r"takes \*args"):
        step(loose)


def test_built_in_steps_say_where_they_belong() -> None:
    with pytest.raises(Invalid, match="inside a function with"):
        training_frame("hourly")


class Mean:
    def predict(self, rows: Any) -> Any:
        return np.zeros(len(rows))


def test_model_names_what_is_missing() -> None:
    frame = pl.DataFrame({"a": [1]})
    assert Model(Mean(), ["a"], frame, {"mae": 1}).metrics == {"mae": 1.0}
    with pytest.raises(Invalid, match="has no column b"):
        Model(Mean(), ["a", "b"], frame)
    with pytest.raises(Invalid, match="has no predict"):
        Model(object(), ["a"], frame)
    with pytest.raises(Invalid, match="name the inputs"):
        Model(Mean(), [], frame)
