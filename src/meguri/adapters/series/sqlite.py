"""Series in a separate SQLite file: points clustered by series and step, a table of series with last values, one transaction a batch."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from meguri.adapters.series.rows import SeriesRow, bucket_of, number, points_of, without_received
from meguri.core.batches import batches
from meguri.core.errors import Unavailable
from meguri.core.ids import RunId
from meguri.core.points import Point
from meguri.core.times import from_micros
from meguri.ports.series import Bucket, Token

# `number` counts the points of a series as they arrive. SQLite keeps a NaN as NULL.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS series (
    id INTEGER PRIMARY KEY, run TEXT NOT NULL, key TEXT NOT NULL, points INTEGER NOT NULL,
    step INTEGER NOT NULL, value REAL, sent_at INTEGER NOT NULL, UNIQUE (run, key)
);
CREATE TABLE IF NOT EXISTS points (
    series INTEGER NOT NULL, step INTEGER NOT NULL, number INTEGER NOT NULL, value REAL, sent_at INTEGER NOT NULL,
    PRIMARY KEY (series, step, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS writers (
    run TEXT NOT NULL, writer TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (run, writer)
) WITHOUT ROWID;
"""
PARAMETERS = 500
"""SQLite bounds the number of parameters of a statement."""


class SqliteSeries:
    """One writing connection behind a lock, and a reading connection for each reader at a time. Commits are synchronised to disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._writer = self._connect()
        with _unavailable():
            if self._writer.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'last'").fetchone():  # of v0.1.0a1
                self._writer.execute("ALTER TABLE last RENAME TO series")
            self._writer.executescript(_SCHEMA)

    def append(self, run: RunId, points: Sequence[Point], token: Token | None = None) -> int:
        with self._lock, _unavailable():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                added = _append(self._writer, run, points, token)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
        return added

    def history(self, run: RunId, key: str, *, after: int = 0, limit: int | None = None) -> list[Point]:
        with self._read() as reader:
            rows = reader.execute(
                "SELECT p.step, p.value, p.sent_at FROM points p JOIN series l ON l.id = p.series WHERE l.run = ? AND l.key = ?"
                " ORDER BY p.step, p.number LIMIT ? OFFSET ?",
                (run, key, -1 if limit is None else limit, after),
            ).fetchall()
        return points_of(key, rows)

    def downsample(self, run: RunId, key: str, buckets: int) -> list[Bucket]:
        with self._read() as reader:
            reader.execute("BEGIN")
            try:
                return _downsample(reader, run, key, buckets)
            finally:
                reader.execute("ROLLBACK")

    def last(self, run: RunId) -> dict[str, Point]:
        return self.last_of([run])[run]

    def last_of(self, runs: Sequence[RunId]) -> dict[RunId, dict[str, Point]]:
        found: dict[RunId, dict[str, Point]] = {run: {} for run in runs}
        with self._read() as reader:
            for some in batches(found, PARAMETERS):
                rows = reader.execute(
                    f"SELECT run, key, step, value, sent_at FROM series WHERE run IN ({_marks(some)}) ORDER BY run, key", some
                )
                for run, key, step, value, at in rows:
                    found[run][key] = Point(key, step, number(value), from_micros(at))
        return found

    def received(self, run: RunId, writer: str) -> int:
        with self._read() as reader:
            return _received(reader, run, writer)

    def delete(self, run: RunId) -> None:
        with self._lock, _unavailable(), self._writer:
            self._writer.execute("BEGIN IMMEDIATE")
            self._writer.execute("DELETE FROM points WHERE series IN (SELECT id FROM series WHERE run = ?)", (run,))
            self._writer.execute("DELETE FROM series WHERE run = ?", (run,))
            self._writer.execute("DELETE FROM writers WHERE run = ?", (run,))

    def close(self) -> None:
        with self._lock:
            self._writer.close()
            while self._idle:
                self._idle.pop().close()

    def _connect(self) -> sqlite3.Connection:
        with _unavailable():
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        with _unavailable():
            yield connection
        self._idle.append(connection)


def _append(tx: sqlite3.Connection, run: RunId, points: Sequence[Point], token: Token | None) -> int:
    sent = len(points)
    points = without_received(points, token, 0 if token is None else _received(tx, run, token.writer))
    if not points:
        return 0
    series = _series_of(tx, run, sorted({point.key for point in points}))
    rows = [series[point.key].add(point) for point in points]
    tx.executemany("INSERT INTO points (series, step, number, value, sent_at) VALUES (?, ?, ?, ?, ?)", rows)
    tx.executemany("UPDATE series SET points = ?, step = ?, value = ?, sent_at = ? WHERE id = ?", [row.last() for row in series.values()])
    if token is not None:
        tx.execute(
            "INSERT INTO writers (run, writer, number) VALUES (?, ?, ?) ON CONFLICT (run, writer) DO UPDATE SET number = excluded.number",
            (run, token.writer, token.first + sent - 1),
        )
    return len(points)


def _received(tx: sqlite3.Connection, run: RunId, writer: str) -> int:
    row = tx.execute("SELECT number FROM writers WHERE run = ? AND writer = ?", (run, writer)).fetchone()
    return int(row[0]) + 1 if row else 0


def _series_of(tx: sqlite3.Connection, run: RunId, keys: list[str]) -> dict[str, SeriesRow]:
    """The rows of `series` for these keys, made where they are missing."""
    known = _find_series(tx, run, keys)
    missing = [key for key in keys if key not in known]
    if missing:
        tx.executemany("INSERT INTO series (run, key, points, step, sent_at) VALUES (?, ?, 0, 0, 0)", [(run, key) for key in missing])
        for key, series in _find_series(tx, run, missing).items():
            known[key] = SeriesRow(series.id)
    return known


def _find_series(tx: sqlite3.Connection, run: RunId, keys: list[str]) -> dict[str, SeriesRow]:
    found = {}
    for some in batches(keys, PARAMETERS):
        rows = tx.execute(
            f"SELECT key, id, points, step, value, sent_at FROM series WHERE run = ? AND key IN ({_marks(some)})", (run, *some)
        )
        found.update({key: SeriesRow(id, points, step, value, at) for key, id, points, step, value, at in rows})
    return found


def _downsample(tx: sqlite3.Connection, run: RunId, key: str, buckets: int) -> list[Bucket]:
    head = tx.execute("SELECT id, points FROM series WHERE run = ? AND key = ?", (run, key)).fetchone()
    if head is None:
        return []
    series, points = head
    if points <= buckets:
        rows = tx.execute("SELECT step, value, sent_at FROM points WHERE series = ? ORDER BY step, number", (series,))
        return [bucket_of(step, step, 1, value, value, value, at) for step, value, at in rows]
    (first,) = tx.execute("SELECT min(step) FROM points WHERE series = ?", (series,)).fetchone()
    (final,) = tx.execute("SELECT max(step) FROM points WHERE series = ?", (series,)).fetchone()
    span = final - first + 1
    edges = sorted({first + span * index // buckets for index in range(buckets + 1)})
    made = (_bucket(tx, series, low, high - 1) for low, high in pairwise(edges))
    return [bucket for bucket in made if bucket is not None]


def _bucket(tx: sqlite3.Connection, series: int, low: int, high: int) -> Bucket | None:
    within = (series, low, high)
    count, first, minimum, maximum = tx.execute(
        "SELECT count(*), min(step), min(value), max(value) FROM points WHERE series = ? AND step BETWEEN ? AND ?", within
    ).fetchone()
    if not count:
        return None
    step, value, at = tx.execute(
        "SELECT step, value, sent_at FROM points WHERE series = ? AND step BETWEEN ? AND ? ORDER BY step DESC, number DESC LIMIT 1", within
    ).fetchone()
    return bucket_of(first, step, count, minimum, maximum, value, at)


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unavailable("series store", str(error)) from error
