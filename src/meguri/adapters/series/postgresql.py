"""Series in PostgreSQL: the same tables as on SQLite, filled with COPY, one transaction a batch."""

from __future__ import annotations

import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue

import psycopg

from meguri.adapters.series.rows import SeriesRow, bucket_of, number, points_of, without_received
from meguri.core.errors import Unavailable
from meguri.core.ids import RunId
from meguri.core.points import Point
from meguri.core.times import from_micros
from meguri.ports.series import Bucket, Token

# `number` counts the points of a series as they arrive. A NaN is kept as NULL, as on SQLite, so that minimum and maximum pass over it.
_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS series;
ALTER TABLE IF EXISTS series.last RENAME TO series;
CREATE TABLE IF NOT EXISTS series.series (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text NOT NULL, key text NOT NULL, points bigint NOT NULL,
    step bigint NOT NULL, value double precision, sent_at bigint NOT NULL, UNIQUE (run, key)
);
CREATE TABLE IF NOT EXISTS series.points (
    series bigint NOT NULL, step bigint NOT NULL, number bigint NOT NULL, value double precision, sent_at bigint NOT NULL,
    PRIMARY KEY (series, step, number)
);
CREATE TABLE IF NOT EXISTS series.writers (
    run text NOT NULL, writer text NOT NULL, number bigint NOT NULL, PRIMARY KEY (run, writer)
);
"""
_BUCKETS = """
WITH bounds AS (SELECT min(step) AS first, max(step) - min(step) + 1 AS span FROM series.points WHERE series = %(series)s),
edges AS (
    SELECT DISTINCT first + floor(span::numeric * n / %(buckets)s)::bigint AS low,
        first + floor(span::numeric * (n + 1) / %(buckets)s)::bigint AS high
    FROM bounds, generate_series(0, %(buckets)s - 1) AS n
)
SELECT whole.first, final.step, whole.count, whole.minimum, whole.maximum, final.value, final.sent_at
FROM edges,
LATERAL (
    SELECT min(step) AS first, count(*) AS count, min(value) AS minimum, max(value) AS maximum
    FROM series.points WHERE series = %(series)s AND step >= low AND step < high
) AS whole,
LATERAL (
    SELECT step, value, sent_at FROM series.points WHERE series = %(series)s AND step >= low AND step < high
    ORDER BY step DESC, number DESC LIMIT 1
) AS final
ORDER BY low
"""


class PostgresSeries:
    """Tables in the schema `series` of a database (`postgresql://...`, or SQLAlchemy's `postgresql+psycopg://...`).

    Batches of one run are added one after the other; those of several runs do not wait for each other.
    """

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._idle: SimpleQueue[psycopg.Connection] = SimpleQueue()
        with self._use() as tx:
            tx.execute("SELECT pg_advisory_xact_lock(hashtext('meguri series schema'))")
            tx.execute(_SCHEMA)

    def append(self, run: RunId, points: Sequence[Point], token: Token | None = None) -> int:
        with self._use() as tx:
            tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (run,))
            sent = len(points)
            points = without_received(points, token, 0 if token is None else _received(tx, run, token.writer))
            if not points:
                return 0
            _append(tx, run, points)
            if token is not None:
                tx.execute(
                    "INSERT INTO series.writers (run, writer, number) VALUES (%s, %s, %s)"
                    " ON CONFLICT (run, writer) DO UPDATE SET number = excluded.number",
                    (run, token.writer, token.first + sent - 1),
                )
        return len(points)

    def history(self, run: RunId, key: str, *, after: int = 0, limit: int | None = None) -> list[Point]:
        with self._use() as tx:
            rows = tx.execute(
                "SELECT p.step, p.value, p.sent_at FROM series.points p JOIN series.series l ON l.id = p.series"
                " WHERE l.run = %s AND l.key = %s ORDER BY p.step, p.number LIMIT %s OFFSET %s",
                (run, key, limit, after),
            ).fetchall()
        return points_of(key, rows)

    def downsample(self, run: RunId, key: str, buckets: int) -> list[Bucket]:
        with self._use() as tx:
            tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            head = tx.execute("SELECT id, points FROM series.series WHERE run = %s AND key = %s", (run, key)).fetchone()
            if head is None:
                return []
            series, points = head
            if points <= buckets:
                rows = tx.execute(
                    "SELECT step, step, 1, value, value, value, sent_at FROM series.points WHERE series = %s ORDER BY step, number",
                    (series,),
                ).fetchall()
            else:
                rows = tx.execute(_BUCKETS, {"series": series, "buckets": buckets}).fetchall()
        return [bucket_of(*row) for row in rows]

    def last(self, run: RunId) -> dict[str, Point]:
        return self.last_of([run])[run]

    def last_of(self, runs: Sequence[RunId]) -> dict[RunId, dict[str, Point]]:
        found: dict[RunId, dict[str, Point]] = {run: {} for run in runs}
        with self._use() as tx:
            rows = tx.execute(
                'SELECT run, key, step, value, sent_at FROM series.series WHERE run = ANY(%s) ORDER BY run, key COLLATE "C"', (list(found),)
            ).fetchall()
        for run, key, step, value, at in rows:
            found[run][key] = Point(key, step, number(value), from_micros(at))
        return found

    def received(self, run: RunId, writer: str) -> int:
        with self._use() as tx:
            return _received(tx, run, writer)

    def delete(self, run: RunId) -> None:
        with self._use() as tx:
            tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (run,))
            tx.execute("DELETE FROM series.points WHERE series IN (SELECT id FROM series.series WHERE run = %s)", (run,))
            tx.execute("DELETE FROM series.series WHERE run = %s", (run,))
            tx.execute("DELETE FROM series.writers WHERE run = %s", (run,))

    def close(self) -> None:
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

    def _find_idle(self) -> psycopg.Connection | None:
        """An idle connection whose server is still there: one that ended has sent an error, and nothing else can be waiting to be read."""
        while True:
            try:
                connection = self._idle.get_nowait()
            except Empty:
                return None
            readable = select.poll()
            readable.register(connection.fileno(), select.POLLIN)
            if not readable.poll(0):
                return connection
            connection.close()

    @contextmanager
    def _use(self) -> Iterator[psycopg.Connection]:
        """A connection with an open transaction, committed at the end of the block."""
        try:
            connection = self._find_idle() or psycopg.connect(self._url)
            try:
                with connection.transaction():
                    yield connection
            except BaseException:
                connection.close()
                raise
        except psycopg.OperationalError as error:
            raise Unavailable("series store", str(error).partition("\n")[0]) from error
        self._idle.put(connection)


def _append(tx: psycopg.Connection, run: RunId, points: Sequence[Point]) -> None:
    series = _series_of(tx, run, sorted({point.key for point in points}))
    with tx.cursor().copy("COPY series.points (series, step, number, value, sent_at) FROM STDIN") as copy:
        for point in points:
            copy.write_row(series[point.key].add(point))
    tx.cursor().executemany(
        "UPDATE series.series SET points = %s, step = %s, value = %s, sent_at = %s WHERE id = %s", [row.last() for row in series.values()]
    )


def _series_of(tx: psycopg.Connection, run: RunId, keys: list[str]) -> dict[str, SeriesRow]:
    """The rows of `series` for these keys, made where they are missing. The run is locked."""
    rows = tx.execute(
        "SELECT key, id, points, step, value, sent_at FROM series.series WHERE run = %s AND key = ANY(%s)", (run, keys)
    ).fetchall()
    known = {key: SeriesRow(id, points, step, value, at) for key, id, points, step, value, at in rows}
    missing = [key for key in keys if key not in known]
    if missing:
        made = tx.execute(
            "INSERT INTO series.series (run, key, points, step, sent_at)"
            " SELECT %s, key, 0, 0, 0 FROM unnest(%s::text[]) AS key RETURNING key, id",
            (run, missing),
        )
        known.update({key: SeriesRow(id) for key, id in made.fetchall()})
    return known


def _received(tx: psycopg.Connection, run: RunId, writer: str) -> int:
    row = tx.execute("SELECT number FROM series.writers WHERE run = %s AND writer = %s", (run, writer)).fetchone()
    return int(row[0]) + 1 if row else 0
