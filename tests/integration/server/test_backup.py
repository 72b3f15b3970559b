"""A copy of a home is complete, also one that is made while the server takes writes; damage to it is found; it is restored."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meguri.app.backup import create_backup, read_manifest, restore_backup, verify_backup
from meguri.core.errors import AlreadyExists, Conflict, Invalid, NotFound
from meguri.sdk.client import Client, connect
from meguri.testing.postgres import PostgresServer
from meguri.testing.server import running_server
from tests.golden.older_homes import FOLDER, read, unpack

PROGRAM = "import sys; from meguri.cli.main import main; sys.exit(main())"


def meguri(*arguments: object) -> str:
    done = subprocess.run([sys.executable, "-c", PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:  # Any: JSON
    """A home of today's schema with runs, models, predictions and tables; and what is read from it."""
    home, held = unpack(next(iter(sorted(FOLDER.glob("*.tar.xz")))), tmp_path_factory.mktemp("kept"))
    with running_server(home):
        pass
    return home, held


@pytest.fixture(scope="module")
def copy(stopped: tuple[Path, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:  # Any: JSON
    folder = tmp_path_factory.mktemp("copies") / "copy"
    create_backup(stopped[0], folder)
    return folder


@pytest.fixture
def broken(copy: Path, tmp_path: Path) -> Path:
    """A copy of the copy, to damage."""
    return Path(shutil.copytree(copy, tmp_path / "broken"))


class Writer:
    """Sends runs and points as long as it is told to, and keeps an account of what was acknowledged."""

    def __init__(self, client: Client) -> None:
        self.client, self.known = client, dict[str, int]()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def _write(self) -> None:
        for number in itertools.count():
            if self._stop.is_set():
                return
            texts = {"note.txt": f"note {number}"}
            run = self.client.post("/api/v1/projects/pond/runs", {"name": f"load {number}", "texts": texts})["id"]
            for step in range(20):
                self.client.post(f"/api/v1/runs/{run}/points", {"points": [["loss", step, 1.0, 1_700_000_000_000_000 + step]]})
                self.known[run] = step + 1

    def wait_for(self, runs: int) -> None:
        while len(self.known) < runs:
            assert self._thread.is_alive(), "the writer was refused"
            time.sleep(0.05)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


@contextlib.contextmanager
def writing(home: Path) -> Iterator[Writer]:
    with connect(home=home) as client:
        writer = Writer(client)
        try:
            yield writer
        finally:
            writer.stop()


def test_a_copy_of_a_running_server_holds_all_that_was_acknowledged_before(
    stopped: tuple[Path, dict[str, Any]],
    tmp_path: Path,  # Any: JSON
) -> None:
    home = Path(shutil.copytree(stopped[0], tmp_path / "home"))
    with running_server(home), writing(home) as writer:
        writer.wait_for(3)
        before = dict(writer.known)
        said = meguri("backup", "create", tmp_path / "copy", "--home", home)
        at_end = len(writer.known)
    assert "all that the ledger refers to is there" in said
    assert at_end > len(before), "it took writes meanwhile"
    said = meguri("backup", "restore", tmp_path / "copy", "--home", tmp_path / "again")
    assert (tmp_path / "again").stat().st_mode & 0o777 == 0o700
    with running_server(tmp_path / "again") as server, server.client() as plain, connect(home=server.home) as client:
        parts = {part["name"]: part["ready"] for part in plain.get("/ready").json()["parts"]}
        del parts["children"]  # the endpoint has the port of the former home, which another test of this machine may hold
        assert set(parts.values()) == {True}
        for run, points in before.items():
            assert len(list(client.runs.history(run, "loss"))) >= points
        kept = {**read(client), "history": None, "runs": None}
        assert kept == {**stopped[1], "history": None, "runs": None}
        assert client.post("/api/v1/projects/pond/runs", {"name": "goes on"})["id"]


def test_a_copy_of_a_stopped_home_is_whole_and_closed_to_others(copy: Path) -> None:
    assert verify_backup(copy) == []
    backup = read_manifest(copy)
    assert {"meguri.db", "series.db", "jobs.db", "token"} <= backup.files.keys()
    assert not any(name.startswith(("online/", "work/", "bundles/")) or name.endswith(".lock") for name in backup.files)
    assert copy.stat().st_mode & 0o077 == 0


def test_a_copy_is_never_overwritten_and_a_folder_without_a_home_is_refused(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(AlreadyExists):
        create_backup(tmp_path, copy)
    with pytest.raises(NotFound):
        create_backup(tmp_path / "none", tmp_path / "copy")
    with pytest.raises(NotFound):
        verify_backup(tmp_path)
    assert not (tmp_path / "copy").exists()


def first(copy: Path, pattern: str) -> Path:
    return next(path for path in sorted(copy.glob(pattern)) if path.is_file())


def forget(copy: Path, path: Path) -> None:
    """Delete a file, and its line in the manifest: the copy was never complete."""
    manifest = json.loads((copy / "backup.json").read_text())
    del manifest["files"][str(path.relative_to(copy))]
    (copy / "backup.json").write_text(json.dumps(manifest))
    path.unlink()


def test_each_kind_of_damage_is_found_and_nothing_is_restored_from_it(broken: Path, tmp_path: Path) -> None:
    blob = first(broken, "blobs/*/*")
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes() + b"x")
    parquet = (
        first(broken, "tables/snapshot*/**/*.parquet") if list(broken.glob("tables/snapshot*")) else first(broken, "tables/**/*.parquet")
    )
    parquet.unlink()
    (broken / "extra").write_text("x")
    found = verify_backup(broken)
    assert f"{blob.relative_to(broken)} was changed" in found
    assert f"blob {blob.parent.name}{blob.name} has other content than its address says" in found
    assert f"{parquet.relative_to(broken)} is missing" in found
    assert "extra is not part of the backup" in found
    with pytest.raises(Conflict, match="nothing was restored"):
        restore_backup(broken, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_blob_and_a_table_that_the_ledger_refers_to_are_missed(broken: Path) -> None:
    with sqlite3.connect(broken / "meguri.db") as db:
        (digest,) = db.execute("SELECT archive FROM bundles LIMIT 1").fetchone()
        table, version = db.execute('SELECT "table", version FROM snapshots LIMIT 1').fetchone()
    db.close()
    name = digest.removeprefix("sha256:")
    forget(broken, broken / "blobs" / name[:2] / name[2:])
    for file in sorted((broken / "tables" / table).rglob("*.parquet")):
        forget(broken, file)
    found = verify_backup(broken)
    assert f"blob {name} is missing, to which bundles.archive refers" in found
    assert any(each.startswith(f"version {version} of table {table} lacks ") for each in found)
    assert all("refers" in each or "lacks" in each for each in found), found


def test_a_damaged_database_is_found(broken: Path) -> None:
    content = bytearray((broken / "meguri.db").read_bytes())
    content[4_096:40_960] = os.urandom(36_864)
    (broken / "meguri.db").write_bytes(content)
    assert any(each.startswith("meguri.db: ") for each in verify_backup(broken))


def test_a_home_that_is_there_is_not_overwritten(copy: Path, stopped: tuple[Path, dict[str, Any]]) -> None:  # Any: JSON
    with pytest.raises(AlreadyExists):
        restore_backup(copy, stopped[0])
    with pytest.raises(Invalid, match="its ledger is in SQLite"):
        restore_backup(copy, copy.with_name("new"), "postgresql+psycopg://localhost/none")


@pytest.mark.postgresql
def test_a_ledger_in_postgresql_is_dumped_while_the_server_takes_writes_and_restored(postgres: PostgresServer, tmp_path: Path) -> None:
    home, url, empty = tmp_path / "home", postgres.url(postgres.create_database()), postgres.url(postgres.create_database())
    with running_server(home, options=["--database", url]), writing(home) as writer:
        writer.wait_for(3)
        before = dict(writer.known)
        meguri("backup", "create", tmp_path / "copy", "--home", home, "--database", url)
    meguri("backup", "restore", tmp_path / "copy", "--home", tmp_path / "again", "--database", empty)
    with running_server(tmp_path / "again", options=["--database", empty]) as server, connect(home=server.home) as client:
        for run, points in before.items():
            assert len(list(client.runs.history(run, "loss"))) >= points
