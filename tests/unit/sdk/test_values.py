from __future__ import annotations

import math
from enum import Enum
from pathlib import Path

import msgspec
import numpy as np
import pytest

from meguri.core.errors import Invalid
from meguri.sdk.values import checked_step, files_below, flat_values


class Mode(str, Enum):  # noqa: UP042 - derived from str on purpose
    FAST = "fast"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"a": {"b": {"c": 1}}, "d": None}, {"a.b.c": 1, "d": None}),
        ({"x": np.float64(1.5), "y": np.int64(3), "z": np.bool_(True), "s": np.str_("t")}, {"x": 1.5, "y": 3, "z": True, "s": "t"}),
        ({"x": math.nan, "y": -math.inf}, {"x": "NaN", "y": "-Infinity"}),
        ({"mode": Mode.FAST, "path": Path("a/b"), "layers": [1, 2]}, {"mode": "fast", "path": "a/b", "layers": "[1, 2]"}),
        ({"seed": 2**70}, {"seed": str(2**70)}),
        ({1: "one"}, {"1": "one"}),
    ],
)
def test_values_are_made_plain(given: dict[str, object], kept: dict[str, object]) -> None:
    flat = flat_values(given, "params")
    assert flat == kept
    assert msgspec.json.decode(msgspec.json.encode(flat)) == kept


def test_step_is_a_whole_number_of_any_kind() -> None:
    assert (checked_step(3), checked_step(np.int32(4)), checked_step(-(2**53))) == (3, 4, -(2**53))
    for wrong in (True, 1.0, "1", None, 2**53 + 1):
        with pytest.raises(Invalid):
            checked_step(wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_files_of_a_folder_are_named_below_it(tmp_path: Path) -> None:
    (tmp_path / "out" / "deep").mkdir(parents=True)
    for name in ("b.txt", "deep/a.txt"):
        (tmp_path / "out" / name).write_text("")
    assert [name for name, _ in files_below(tmp_path / "out", None)] == ["out/b.txt", "out/deep/a.txt"]
    assert [name for name, _ in files_below(tmp_path / "out", "model")] == ["model/b.txt", "model/deep/a.txt"]
    assert files_below(tmp_path / "out" / "b.txt", "x.txt") == [("x.txt", tmp_path / "out" / "b.txt")]
    (tmp_path / "out" / "deep" / "link").symlink_to(tmp_path)
    for wrong in ("out", "absent"):
        with pytest.raises(Invalid):
            files_below(tmp_path / wrong, None)
