"""CSV files as rows of a source: what is read, and what is said about a file that has a mistake."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from meguri.cli.csvfile import Columns, read_rows
from meguri.core.batches import batches
from meguri.core.definitions.features import DType
from meguri.core.errors import Invalid

TYPES: dict[str, DType] = {"shop": "str", "at": "datetime", "count": "int", "price": "float", "open": "bool"}
PLAIN = Columns(TYPES, required=frozenset({"shop", "at"}))
HEADER = "shop,at,count,price,open"


def file_of(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "rows.csv"
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def test_cells_get_the_types_of_their_columns_and_empty_ones_are_null(tmp_path: Path) -> None:
    lines = ["ginza,2025-01-06T09:00:00+09:00,3.0,1.5,yes", "ueno,2025-01-06T01:00:00Z,,NaN,", "", '"a, b",20250106T02Z,-2,1e3,0']
    path = file_of(tmp_path, HEADER, *lines)
    assert list(read_rows(path, PLAIN)) == [
        {"shop": "ginza", "at": "2025-01-06T00:00:00Z", "count": 3, "price": 1.5, "open": True},
        {"shop": "ueno", "at": "2025-01-06T01:00:00Z", "count": None, "price": None, "open": None},
        {"shop": "a, b", "at": "2025-01-06T02:00:00Z", "count": -2, "price": 1000.0, "open": False},
    ]


def test_other_headers_constants_and_local_times_of_a_spreadsheet(tmp_path: Path) -> None:
    path = file_of(tmp_path, "時刻,個数", "2025/1/6 9:00,3", encoding="utf-8-sig")
    columns = Columns(
        {"shop": "str", "at": "datetime", "count": "int"},
        headers={"at": "時刻", "count": "個数"},
        constants={"shop": "ginza"},
        time_format="%Y/%m/%d %H:%M",
        zone=ZoneInfo("Asia/Tokyo"),
    )
    assert list(read_rows(path, columns)) == [{"shop": "ginza", "at": "2025-01-06T00:00:00Z", "count": 3}]


AT = "2025-01-06T00Z"
MISTAKES = {
    "empty": ([], "is empty: give a CSV file whose first line names the columns"),
    "column": (["shop,at,price,open"], "column 'count' is missing; the file has shop, at, price, open: give a file that has it"),
    "short line": ([HEADER, f"ginza,{AT},3,1.5"], "line 2: has 4 cells, the header has 5: correct the line"),
    "time": ([HEADER, "a,yesterday,3,1,1"], "line 2: column 'at' holds 'yesterday', which is no datetime: correct the cell"),
    "zone": ([HEADER, "a,2025-01-06,3,1,1"], "line 2, column 'at': '2025-01-06' has no time zone: say which with --zone"),
    "key": ([HEADER, f",{AT},3,1.5,1"], "line 2: column 'shop' is empty: every row needs it"),
    "int": ([HEADER, f"a,{AT},1,1,1", f"a,{AT},x,1,1"], "line 3: column 'count' holds 'x', which is no int: correct the cell"),
    "fraction": ([HEADER, f"a,{AT},3.5,1,1"], "line 2: column 'count' holds '3.5', which is no int"),
    "infinity": ([HEADER, f"a,{AT},3,inf,1"], "column 'price' holds 'inf': leave the cell empty where there is no value"),
    "bool": ([HEADER, f"a,{AT},3,1,maybe"], "column 'open' holds 'maybe', which is no bool: correct the cell"),
}


@pytest.mark.parametrize(("lines", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place_and_what_to_do(tmp_path: Path, lines: list[str], said: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(Invalid) as raised:
        list(read_rows(path, PLAIN))
    assert raised.value.message.startswith(f"file {path}") and said in raised.value.message


def test_a_file_that_is_not_there_or_not_utf_8_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"no\.csv: cannot be read \(No such file or directory\): give the path of a CSV file"):
        list(read_rows(tmp_path / "no.csv", PLAIN))
    path = file_of(tmp_path, HEADER.replace("shop", "店"), encoding="shift-jis")
    with pytest.raises(Invalid, match=r"is no CSV text in UTF-8 .*: save it as CSV in UTF-8"):
        list(read_rows(path, PLAIN))


def test_batches_keep_the_order() -> None:
    assert list(batches(range(5), 2)) == [[0, 1], [2, 3], [4]]
