"""What every runner must do: make a class from RunnerContract and give it a runner."""

from __future__ import annotations

import pytest

from meguri.core.errors import Invalid, Unsupported
from meguri.ports.runner import ModelRunner, Row

ROWS: list[Row] = [(1.0, 10.0), (2, 0.5), (-3.0, 4), (0.25, -8.0)]


class RunnerContract:
    """The law of `meguri.ports.runner`, for a model of two numeric inputs `a` and `b` that answers 2a + b + 1."""

    @pytest.fixture
    def runner(self) -> ModelRunner:
        raise NotImplementedError

    def load(self, content: bytes) -> ModelRunner:
        """A runner of the same engine from other bytes."""
        raise NotImplementedError

    def test_each_output_belongs_to_its_row(self, runner: ModelRunner) -> None:
        assert runner.predict(ROWS) == pytest.approx([13.0, 5.5, -1.0, -6.5])

    def test_rows_answer_alone_as_together(self, runner: ModelRunner) -> None:
        assert [runner.predict([row])[0] for row in ROWS] == pytest.approx(runner.predict(ROWS), rel=1e-12)

    def test_outputs_are_plain_floats(self, runner: ModelRunner) -> None:
        assert {type(output) for output in runner.predict(ROWS)} == {float}

    def test_a_value_that_is_no_number_is_refused(self, runner: ModelRunner) -> None:
        with pytest.raises(Invalid, match="it takes a, b"):
            runner.predict([("warm", 1.0)])

    def test_a_row_of_another_width_is_refused(self, runner: ModelRunner) -> None:
        with pytest.raises(Invalid):
            runner.predict([(1.0, 2.0, 3.0)])

    @pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04"])
    def test_damaged_bytes_are_refused_with_what_to_do(self, content: bytes) -> None:
        with pytest.raises(Unsupported, match="register it again"):
            self.load(content)
