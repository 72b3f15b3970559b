from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from meguri.core.errors import Invalid
from meguri.sdk.frames import read_csv, to_rows


def csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(text)
    return path


def test_declared_columns_are_read_with_their_types(tmp_path: Path) -> None:
    path = csv(tmp_path, "at,hr,temp,open,extra\n2011-01-01T05:00:00Z,5,0.5,1,x\n2011-01-01T06:00:00Z,,,false,y\n")
    frame = read_csv(path, {"temp": float, "hr": int, "at": datetime, "open": bool})
    times = [datetime(2011, 1, 1, hour, tzinfo=UTC) for hour in (5, 6)]
    expected = pl.DataFrame({"temp": [0.5, None], "hr": [5, None], "at": times, "open": [True, False]})
    assert_frame_equal(frame, expected)
    assert to_rows(frame)[1] == {"temp": None, "hr": None, "at": "2011-01-01T06:00:00Z", "open": False}


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"file rows\.csv: column 'cnt' is missing: the file has at, hr"):
        read_csv(csv(tmp_path, "at,hr\n1,2\n"), {"cnt": float})


def test_a_value_of_another_type_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"file rows\.csv, line 3: column 'hr' holds 'noon', which is no int"):
        read_csv(csv(tmp_path, "at,hr\n1,2\n1,noon\n"), {"hr": int})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="there is no file"):
        read_csv(tmp_path / "nothing.csv", {"hr": int})


def test_nan_travels_as_null() -> None:
    assert to_rows(pl.DataFrame({"x": [float("nan"), 1.0]})) == [{"x": None}, {"x": 1.0}]
