"""One engine on SQLite or PostgreSQL, with short transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from meguri.core.errors import Unavailable

_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Database:
    """Reads and writes in short transactions.

    SQLite runs in WAL mode with `synchronous=FULL`: what was committed survives a kill and a power loss. Its writers take turns in this
    process, so none polls a busy file. Raises Unavailable where the database does not answer or the disk is full.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self._turn = threading.Lock() if self.dialect == "sqlite" else None
        self._writer: int | None = None
        self._listeners: list[Callable[[], None]] = []

    @staticmethod
    def open(url: str | URL) -> Database:
        """Connect to `sqlite:///path` or `postgresql+psycopg://...`; no table is made."""
        target = make_url(url)
        if target.get_backend_name() == "sqlite":
            return Database(_sqlite(target))
        return Database(create_engine(target, pool_size=8, max_overflow=16, pool_pre_ping=True))

    @staticmethod
    def at(path: Path) -> Database:
        """The SQLite database in a file."""
        return Database.open(URL.create("sqlite", database=str(path)))

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each committed write that asked for it with `wake`."""
        self._listeners.append(listener)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view; nothing can be written. (PostgreSQL's own default gives each statement a view of its own.)"""
        with _clear_errors(), self.engine.connect() as plain:
            connection = plain if self.dialect == "sqlite" else plain.execution_options(**_SNAPSHOT)
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block and is rolled back when the block raises."""
        with _clear_errors(), self._my_turn(), self.engine.connect() as plain:
            connection = plain.execution_options(meguri_write=True)
            with connection.begin():
                yield connection
            woken = connection.info.pop("wake", False)
        if woken:
            for listener in self._listeners:
                listener()

    @contextmanager
    def migration(self) -> Iterator[Connection]:
        """A write that may rebuild tables: SQLite checks the references between tables once, before the commit. Raises RuntimeError where
        one is broken then, and nothing is committed."""
        with _clear_errors(), self._my_turn(), self.engine.connect() as plain:
            connection = plain.execution_options(meguri_write=True, meguri_migration=True)
            try:
                with connection.begin():
                    yield connection
                    if self.dialect == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                        raise RuntimeError(f"the migration breaks references: {broken[:3]}")
            finally:
                if self.dialect == "sqlite":
                    plain.connection.cursor().execute("PRAGMA foreign_keys=ON")

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if self._writer == threading.get_ident():
            raise RuntimeError("a write inside a write: pass the open transaction on instead")
        with self._turn:
            self._writer = threading.get_ident()
            try:
                yield
            finally:
                self._writer = None

    def close(self) -> None:
        self.engine.dispose()


def wake(tx: Connection) -> None:
    """Ask for the listeners of `Database.on_commit` to be called once this transaction is committed."""
    tx.info["wake"] = True


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=24,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": 30},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:  # Any: the driver's own types
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("meguri_migration", False):
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # without effect inside a transaction
        immediate = connection.get_execution_options().get("meguri_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("database", "all its connections have been in use for a while: try again later") from error
    except OperationalError as error:
        reason = str(error.orig)
        if "disk is full" in reason or "No space left" in reason or "disk I/O error" in reason:
            raise Unavailable("disk", f"the database cannot write ({reason}): free some space, nothing acknowledged is lost") from error
        if "readonly" in reason:
            raise Unavailable("home", f"the database cannot be written ({reason}): check the owner and mode of the folder") from error
        if "locked" in reason or "connect" in reason or "server closed" in reason or "terminating" in reason:
            raise Unavailable("database", reason.splitlines()[0]) from error
        raise
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable("database", str(error.orig).splitlines()[0]) from error
        raise
