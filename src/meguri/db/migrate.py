"""Brings a database to the tables of this release: a new one from the metadata, an older one through the migrations.

Both ways end in the same schema (a test compares them on both dialects). The release that a database is at stands in `alembic_version`.
"""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from meguri.core.errors import Conflict
from meguri.db.engine import Database
from meguri.db.metadata import metadata

logger = logging.getLogger(__name__)

_LOCK = 7_306_871  # any number of our own: two servers that start at once on PostgreSQL take turns


def prepare(db: Database) -> None:
    """Make or migrate all tables, in one transaction. The capabilities' tables must be imported by then.

    Raises Conflict for a database of a later release, or one that is not ours.
    """
    with db.migration() as tx:
        if db.dialect == "postgresql":
            tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        version, newest = version_of(tx), newest_version()
        if version == newest:
            return
        if version is not None:
            _upgrade(tx, version, newest)
            return
        if strangers := sorted(set(inspect(tx).get_table_names()) & set(metadata.tables)):
            raise Conflict(
                f"the database has tables of our names already ({', '.join(strangers[:3])}) and does not say which release made them: "
                "give meguri a database of its own"
            )
        metadata.create_all(tx)
        MigrationContext.configure(tx).stamp(_scripts(), "head")


def upgrade(tx: Connection, to: str = "head") -> None:
    """Run every migration up to `to` that the database has not had yet."""
    command.upgrade(_config(tx), to)


def version_of(tx: Connection) -> str | None:
    """The migration that a database is at; None for one that was never stamped."""
    return MigrationContext.configure(tx).get_current_revision()


def newest_version() -> str:
    version = _scripts().get_current_head()
    if version is None:
        raise RuntimeError("this install has no migrations: src/meguri/db/migrations/versions is empty")
    return version


def write_migration(tx: Connection, about: str) -> Path:
    """Write a migration from what the database has to what the metadata wants (for developers: `make migration`)."""
    config = _config(tx)
    number = int(_scripts().get_current_head() or 0) + 1
    made = command.revision(config, about, autogenerate=True, rev_id=f"{number:04}")
    if made is None or isinstance(made, list):
        raise RuntimeError("alembic wrote no single migration")
    return Path(made.path)


def _upgrade(tx: Connection, version: str, newest: str) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    if version not in known:
        raise Conflict(
            f"the database is at migration {version}, which this meguri (up to {newest}) does not know: start the release that made it, "
            "or a later one",
            version=version,
            newest=newest,
        )
    logger.info("migrating the database", extra={"from": version, "to": newest})
    upgrade(tx)


def _config(tx: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = tx
    return config


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config)
