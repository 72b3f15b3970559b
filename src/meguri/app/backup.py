"""Copies of a home that are consistent also while its server runs, are checked, and are restored.

The ledger decides what exists, so its write lock is held from outside while the ledger and what runs ahead of it (journals, prediction
segments, deployment specs, jobs, points) are copied: nothing that was acknowledged before is missing, and nothing in the copy refers to
what came later. Tables and blobs only grow, and are copied after the lock is released. The online store is made again from the tables.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url

from meguri.app.home import Home
from meguri.core.errors import AlreadyExists, Conflict, Invalid, NotFound, Unavailable
from meguri.core.times import iso, utc_now
from meguri.db.migrate import newest_version

FORMAT = 1
MANIFEST = "backup.json"
DUMP = "database.dump"
LOCK_SECONDS = 60.0
AHEAD = ("journal", "log", "routes", "specs", "spool")
"""Folders that the ledger refers to by position: copied while nothing is written to it."""
GROWING = ("tables", "blobs")
FILES = ("token", ".gitignore")
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_REFERENCES = (
    ("artifacts", "blob"), ("bundles", "archive"), ("deployments", "spec"), ("step_cache", "output"), ("step_executions", "inputs"),
    ("step_executions", "output"),
)  # fmt: skip
"""Columns of the ledger that hold addresses of blobs, and nothing else that looks like one."""
_MODEL_PARTS = ("blob", "reference", "baseline")
"""Members of a model version that are addresses of blobs."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a copy holds. `files`: size and SHA-256 by path. `locked_seconds`: for how long the server could not write."""

    format: int
    meguri: str
    created_at: str
    database: str
    locked_seconds: float
    files: dict[str, tuple[int, str]]


def create_backup(home: Path, to: Path, database: str = "") -> Backup:
    """Copy a home to a new folder, whether its server runs or not. Raises NotFound, AlreadyExists, Unavailable."""
    if to.exists():
        raise AlreadyExists("backup", str(to), "choose another folder: a backup is never overwritten")
    url = make_url(database) if database else URL.create("sqlite", database=str(Home(home).ledger))
    if not home.is_dir() or (url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file()):
        raise NotFound("home", str(home), "name the folder of a server with --home")
    draft = to.with_name(f".{to.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(mode=0o700, parents=True)
        if url.get_backend_name() == "sqlite":
            seconds = _copy_with_sqlite(home, Path(url.database or ""), draft)
        else:
            seconds = _copy_with_postgresql(home, url, draft)
        for name in GROWING:
            _copy_folder(home / name, draft / name)
        backup = Backup(FORMAT, version("meguri"), iso(utc_now()), url.get_backend_name(), seconds, _digests(draft))
        (draft / MANIFEST).write_text(json.dumps(asdict(backup), indent=1))
        os.sync()
        draft.rename(to)
        return backup
    except OSError as error:
        raise Unavailable("backup", f"{error.filename or draft}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def verify_backup(folder: Path) -> list[str]:
    """What is wrong with a copy, empty where nothing is: each file against its digest, each database, each blob and each version of a table
    that the ledger refers to. Raises NotFound, Invalid for a folder that is no backup."""
    backup = read_manifest(folder)
    found = _digests(folder)
    wrong = [f"{name} is missing" for name in backup.files.keys() - found.keys()]
    wrong += [f"{name} is not part of the backup" for name in found.keys() - backup.files.keys()]
    wrong += [f"{name} was changed" for name in found.keys() & backup.files.keys() if found[name] != backup.files[name]]
    blobs = {"".join(Path(name).parts[1:]): digest for name, (_, digest) in found.items() if name.startswith("blobs/")}
    wrong += [f"blob {name} has other content than its address says" for name, digest in blobs.items() if name != digest]
    for file in sorted(folder.glob("*.db")):
        wrong += [f"{file.name}: {each}" for each in _damage(file)]
    if backup.database == "sqlite":
        ledger = Home(folder).ledger
        if ledger.exists() and not any(each.startswith(ledger.name) for each in wrong):
            wrong += _missing(folder, ledger, blobs.keys())
    else:
        wrong += _damage_of_dump(folder / DUMP)
    return sorted(wrong)


def restore_backup(folder: Path, home: Path, database: str = "") -> None:
    """Make a home from a copy, after it was verified. The home must not exist or be empty, and so must a PostgreSQL database. Raises
    Conflict for a copy that is damaged, AlreadyExists, Invalid, Unavailable."""
    backup = read_manifest(folder)
    if home.exists() and any(home.iterdir()):
        raise AlreadyExists("home", str(home), "restore to a new folder, and move the former one away yourself")
    if (backup.database == "sqlite") == bool(database):
        needed = "no --database: its ledger is in SQLite" if backup.database == "sqlite" else "--database: its ledger was in PostgreSQL"
        raise Invalid("--database", f"this backup needs {needed}")
    wrong = verify_backup(folder)
    if wrong:
        raise Conflict(f"the backup is damaged, nothing was restored: {'; '.join(wrong[:5])}", wrong=wrong)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in backup.files:
            if name != DUMP:
                target = home / name
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                shutil.copyfile(folder / name, target)
                target.chmod(0o444 if name.startswith("blobs/") else 0o600)
        Home(home).make_private()
        os.sync()
    except OSError as error:
        raise Unavailable("home", f"{error.filename or home}: {error.strerror or error}") from error
    if database:
        _run_postgresql("pg_restore", make_url(database), "--no-owner", "--exit-on-error", str(folder / DUMP))


def read_manifest(folder: Path) -> Backup:
    """Raises NotFound, Invalid."""
    try:
        values: dict[str, Any] = json.loads((folder / MANIFEST).read_text())  # Any: JSON
        files = {str(name): (int(size), str(digest)) for name, (size, digest) in values.pop("files").items()}
        backup = Backup(**values, files=files)
    except FileNotFoundError as error:
        raise NotFound("backup", str(folder), f"it has no {MANIFEST}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise Invalid(str(folder / MANIFEST), f"cannot be read ({error})") from error
    if backup.format > FORMAT:
        raise Invalid(str(folder / MANIFEST), f"was written by meguri {backup.meguri}: use that version or a later one")
    return backup


def _copy_with_sqlite(home: Path, ledger: Path, to: Path) -> float:
    with contextlib.closing(sqlite3.connect(ledger, timeout=LOCK_SECONDS, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise Unavailable("ledger", f"{error}: a write went on for {LOCK_SECONDS:g} s, try again") from error
        begin = time.monotonic()
        _copy_ahead(home, to)
        for source, name in ((ledger, Home(to).ledger.name), (Home(home).series, "series.db"), (Home(home).jobs, "jobs.db")):
            if source.exists():
                _copy_database(source, to / name)
        lock.rollback()
        return round(time.monotonic() - begin, 3)


def _copy_with_postgresql(home: Path, url: URL, to: Path) -> float:
    """The dump is of the moment of a snapshot that is taken while no table of the ledger can be written."""
    import psycopg

    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(address) as lock, psycopg.connect(address) as reader:
            lock.execute(f"SET lock_timeout = '{int(LOCK_SECONDS)}s'")
            names = lock.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()").fetchall()
            lock.execute("LOCK TABLE " + ", ".join(name for (name,) in names) + " IN SHARE MODE")
            begin = time.monotonic()
            reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            (snapshot,) = reader.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
            _copy_ahead(home, to)
            lock.rollback()
            seconds = round(time.monotonic() - begin, 3)
            _run_postgresql("pg_dump", url, "--format=custom", f"--snapshot={snapshot}", f"--file={to / DUMP}")
            reader.rollback()
            return seconds
    except psycopg.Error as error:
        raise Unavailable("database", str(error).strip().splitlines()[0]) from error


def _run_postgresql(program: str, url: URL, *options: str) -> None:
    """Run a program of PostgreSQL with the password in its environment, where other users cannot read it."""
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    try:
        done = subprocess.run([program, f"--dbname={address}", *options], env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Unavailable(program, "it is not installed here: install the client programs of PostgreSQL") from error
    if done.returncode:
        raise Unavailable(program, (done.stderr.strip().splitlines() or ["it failed"])[-1])


def _copy_ahead(home: Path, to: Path) -> None:
    for name in AHEAD:
        _copy_folder(home / name, to / name)
    for name in FILES:
        if (home / name).exists():
            shutil.copyfile(home / name, to / name)
            (to / name).chmod(0o600)


def _copy_folder(source: Path, to: Path) -> None:
    """Copy files; what is moved on or dropped meanwhile is elsewhere by then. The log of a Delta table comes before its data, so that each
    commit in the copy finds its files."""
    for folder, names, files in os.walk(source):
        names.sort(key=lambda name: (name != "_delta_log", name))
        if Path(folder) == source / "incoming":
            continue
        below = to / Path(folder).relative_to(source)
        below.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in sorted(files):
            if not file.endswith(".lock"):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(Path(folder) / file, below / file)


def _copy_database(source: Path, to: Path) -> None:
    with contextlib.closing(sqlite3.connect(source, timeout=LOCK_SECONDS)) as reader, contextlib.closing(sqlite3.connect(to)) as writer:
        reader.backup(writer)
        writer.execute("PRAGMA journal_mode = DELETE")
    to.chmod(0o600)


def _digests(folder: Path) -> dict[str, tuple[int, str]]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            found[str(path.relative_to(folder))] = path.stat().st_size, digest
    return found


def _damage(database: Path) -> list[str]:
    try:
        with _reading(database) as db:
            found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
            lost = db.execute("PRAGMA foreign_key_check").fetchall()
            return found + [f"a row of {row[0]} refers to a row of {row[2]} that is missing" for row in lost]
    except sqlite3.DatabaseError as error:
        return [str(error)]


def _damage_of_dump(dump: Path) -> list[str]:
    try:
        done = subprocess.run(["pg_restore", "--list", str(dump)], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ["pg_restore is not installed here, so the dump was not read: install the client programs of PostgreSQL"]
    return [] if done.returncode == 0 else [f"{dump.name}: {(done.stderr.strip().splitlines() or ['cannot be read'])[-1]}"]


def _missing(folder: Path, ledger: Path, blobs: Any) -> list[str]:  # Any: a set-like of names
    """What the ledger refers to and the copy does not hold."""
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    wrong: list[str] = []
    with _reading(ledger) as db:
        (revision,) = db.execute("SELECT version_num FROM alembic_version").fetchone()
        if revision != newest_version():
            advice = "start a server on the home once, then copy it again" if revision < newest_version() else "use a later version"
            return [f"the ledger has schema {revision}, and this version of meguri checks {newest_version()}: {advice}"]
        for what, digest in _referenced(db):
            if digest not in blobs:
                wrong.append(f"blob {digest} is missing, to which {what} refers")
        for table, number in db.execute('SELECT DISTINCT "table", version FROM snapshots'):
            path = folder / "tables" / table
            try:
                files = DeltaTable(path, version=number).file_uris()
            except (DeltaError, OSError) as error:
                wrong.append(f"version {number} of table {table} cannot be opened ({str(error).splitlines()[0]})")
                continue
            lost = [each for each in files if not Path(each).is_file()]
            wrong += [f"version {number} of table {table} lacks {Path(each).name}" for each in lost]
    return wrong


def _referenced(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for table, column in _REFERENCES:
        for (value,) in db.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'):
            for digest in _DIGEST.findall(value if isinstance(value, str) else bytes(value).decode("latin-1")):
                yield f"{table}.{column}", digest
    for id, spec in db.execute("SELECT id, spec FROM model_versions"):
        parts = json.loads(spec)
        for name in _MODEL_PARTS:
            found = _DIGEST.fullmatch(str(parts.get(name)))
            if found is not None:
                yield f"model version {id}", found[1]


@contextlib.contextmanager
def _reading(database: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)) as db:
        yield db
