from __future__ import annotations

from pathlib import Path

import pytest

from meguri.adapters.tables.delta import DeltaTables
from meguri.testing.tables import TableContract, frame


class TestDeltaTables(TableContract):
    @pytest.fixture
    def tables(self, tmp_path: Path) -> DeltaTables:
        return DeltaTables(tmp_path / "tables")

    def test_vacuum_removes_only_files_of_older_versions(self, tables: DeltaTables) -> None:
        for number in range(34):
            tables.append("t", frame(number))
        tables.compact("t")
        assert tables.vacuum("t", keep_seconds=0) == 34
        assert sorted(tables.scan("t").collect()["n"].to_list()) == list(range(34))
