from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from meguri.adapters.series.postgresql import PostgresSeries
from meguri.adapters.series.sqlite import SqliteSeries
from meguri.core.errors import Unavailable
from meguri.ports.series import SeriesStore, Token
from meguri.testing.postgres import PostgresServer
from meguri.testing.series import A, SeriesContract, point, steps


class TestSqliteSeries(SeriesContract):
    @pytest.fixture
    def series(self, tmp_path: Path) -> Iterator[SeriesStore]:
        store = SqliteSeries(tmp_path / "series.db")
        yield store
        store.close()


@pytest.mark.postgresql
class TestPostgresSeries(SeriesContract):
    @pytest.fixture
    def series(self, postgres: PostgresServer) -> Iterator[SeriesStore]:
        name = postgres.create_database()
        store = PostgresSeries(postgres.url(name))
        yield store
        store.close()
        postgres.drop_database(name)


def test_points_are_there_after_opening_again(tmp_path: Path) -> None:
    store = SqliteSeries(tmp_path / "series.db")
    store.append(A, [point(1), point(2)], Token("w", 0))
    again = SqliteSeries(tmp_path / "series.db")  # the first was not closed, as after a kill
    assert steps(again.history(A, "loss")) == [1, 2]
    assert again.append(A, [point(1), point(2)], Token("w", 0)) == 0


def test_full_disk_is_unavailable_and_keeps_nothing_of_the_batch(tmp_path: Path) -> None:
    store = SqliteSeries(tmp_path / "series.db")
    store.append(A, [point(1)], Token("w", 0))
    store._writer.execute("PRAGMA max_page_count = 12")
    batch = [point(step) for step in range(2, 50_000)]
    with pytest.raises(Unavailable, match="full"):
        store.append(A, batch, Token("w", 1))
    assert steps(store.history(A, "loss")) == [1]
    store._writer.execute("PRAGMA max_page_count = 100000")
    assert store.append(A, batch, Token("w", 1)) == len(batch)


def test_store_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        SqliteSeries(tmp_path / "absent" / "series.db")
    assert sqlite3.sqlite_version_info >= (3, 35)
