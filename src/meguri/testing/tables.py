"""The contract of the table port."""

from __future__ import annotations

import threading

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from meguri.core.errors import Invalid, NotFound
from meguri.ports.tables import TableStore


def frame(*numbers: int) -> pl.DataFrame:
    return pl.DataFrame({"n": list(numbers)}, schema={"n": pl.Int64})


class TableContract:
    """Subclass it with a `tables` fixture that gives an empty store."""

    @pytest.fixture
    def tables(self) -> TableStore:
        raise NotImplementedError

    def test_rows_come_back_from_the_newest_and_from_every_older_version(self, tables: TableStore) -> None:
        versions = [tables.append("t", frame(1, 2)), tables.append("t", frame(3))]
        assert versions[0] < versions[1] == tables.version("t")
        assert numbers(tables, "t") == [1, 2, 3]
        assert [numbers(tables, "t", version) for version in versions] == [[1, 2], [1, 2, 3]]

    def test_the_same_token_twice_writes_once(self, tables: TableStore) -> None:
        first = tables.append("t", frame(1), token=("journal", 1))
        assert tables.append("t", frame(1), token=("journal", 1)) == first
        tables.append("t", frame(2), token=("journal", 2))
        tables.append("t", frame(1), token=("journal", 1))
        tables.append("t", frame(9), token=("other journal", 1))
        assert numbers(tables, "t") == [1, 2, 9]

    def test_tokens_outlive_compaction(self, tables: TableStore) -> None:
        for number in range(40):
            tables.append("t", frame(number), token=("journal", number))
        before = tables.version("t")
        assert tables.compact("t") > (before or 0)
        tables.append("t", frame(39), token=("journal", 39))
        assert numbers(tables, "t") == list(range(40))
        assert numbers(tables, "t", before) == list(range(40))
        assert tables.compact("t") == tables.version("t")

    def test_overwriting_keeps_older_versions_readable(self, tables: TableStore) -> None:
        first = tables.append("t", frame(1))
        tables.overwrite("t", pl.DataFrame({"s": ["a"]}))
        assert_frame_equal(tables.scan("t").collect(), pl.DataFrame({"s": ["a"]}))
        assert numbers(tables, "t", first) == [1]

    def test_values_come_back_as_they_were(self, tables: TableStore) -> None:
        rows = pl.DataFrame(
            {"f": [1.5, None, -0.0, float("inf")], "s": ["é", None, "", "b"], "b": [True, None, False, True], "at": [0, 1, None, -1]},
            schema={"f": pl.Float64, "s": pl.String, "b": pl.Boolean, "at": pl.Datetime("us", "UTC")},
        )
        tables.append("t", rows)
        assert_frame_equal(tables.scan("t").collect(), rows)

    def test_a_new_column_is_null_in_older_rows(self, tables: TableStore) -> None:
        tables.append("t", frame(1))
        tables.append("t", pl.DataFrame({"n": [2], "s": ["x"]}))
        assert_frame_equal(tables.scan("t").collect().sort("n"), pl.DataFrame({"n": [1, 2], "s": [None, "x"]}))

    def test_a_column_of_another_type_is_refused_by_name(self, tables: TableStore) -> None:
        tables.append("t", frame(1))
        with pytest.raises(Invalid, match="n: table t holds Int64"):
            tables.append("t", pl.DataFrame({"n": ["text"]}))
        assert numbers(tables, "t") == [1]

    def test_what_is_not_there_is_not_found(self, tables: TableStore) -> None:
        assert tables.version("t") is None
        for read in (tables.scan, tables.history, tables.compact):
            with pytest.raises(NotFound, match="table 't'"):
                read("t")

    def test_names_that_could_leave_the_folder_are_refused(self, tables: TableStore) -> None:
        for name in ("../t", "/t", "", "T", "a/b", ".hidden"):
            with pytest.raises(Invalid, match="no table name"):
                tables.append(name, frame(1))

    def test_several_writers_lose_nothing(self, tables: TableStore) -> None:
        tables.append("t", frame(-1))

        def write(start: int) -> None:
            for number in range(start, start + 4):
                tables.append("t", frame(number))

        threads = [threading.Thread(target=write, args=(start,)) for start in (0, 10, 20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert numbers(tables, "t") == [-1, 0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]

    def test_history_is_newest_first(self, tables: TableStore) -> None:
        versions = [tables.append("t", frame(number)) for number in range(3)]
        history = tables.history("t")
        assert [commit.version for commit in history] == versions[::-1]
        assert history[0].at >= history[-1].at


def numbers(tables: TableStore, name: str, version: int | None = None) -> list[int]:
    return sorted(tables.scan(name, version).collect()["n"].to_list())
