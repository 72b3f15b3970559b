"""A real PostgreSQL server for tests: in a temporary folder, gone with the process that started it.

What it has committed survives its own crash, but not one of the machine: nothing waits for a disk.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from meguri.app.child import ends_with_parent
from meguri.core.errors import Unavailable

START_SECONDS = 60.0
_USER = "meguri"


@dataclass(frozen=True, slots=True)
class Programs:
    """Where `initdb` and `postgres` are."""

    initdb: Path
    postgres: Path


def find_programs() -> Programs | None:
    """PostgreSQL's programs: the newest of Debian's folders, else those on the PATH; None where there is none."""
    debian = Path("/usr/lib/postgresql")
    folders = [path / "bin" for path in debian.iterdir() if path.name.isdigit()] if debian.is_dir() else []
    folders.sort(key=lambda path: int(path.parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    found = (Programs(folder / "initdb", folder / "postgres") for folder in folders)
    return next((each for each in found if each.initdb.is_file() and each.postgres.is_file()), None)


class PostgresServer:
    """A running server on a free port of loopback. Safe to use from one thread.

    PostgreSQL refuses to run as root, so a root user becomes Debian's `postgres` first.
    """

    process: subprocess.Popen[bytes]

    def __init__(self, program: Path, folder: Path, port: int) -> None:
        self.folder, self._program, self._port = folder, program, port
        self._numbers = count(1)

    @staticmethod
    def start(programs: Programs) -> PostgresServer:
        """Make a cluster and start it; about two seconds. Raises Unavailable with what the server printed."""
        user = _user()
        folder = Path(tempfile.mkdtemp(prefix="meguri-postgres-", dir="/tmp" if user else None))  # root's TMPDIR may be closed to others
        if user:
            shutil.chown(folder, user, user)
        data = folder / "data"
        made = subprocess.run(_initdb(programs, data), cwd=folder, user=user, group=user, capture_output=True, text=True, check=False)
        if made.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            raise Unavailable("PostgreSQL", f"initdb failed: {made.stderr.strip()[-800:]}")
        server = PostgresServer(programs.postgres, folder, _free_port())
        try:
            server.resume()
        except BaseException:
            server.stop()
            raise
        return server

    def halt(self, number: signal.Signals = signal.SIGINT) -> None:
        """End the server as an administrator does who does not wait for its clients, or with SIGQUIT as a crash does.

        Its databases stay, for `resume`.
        """
        self.process.send_signal(number)
        self.process.wait()

    def resume(self) -> None:
        """Start the server where it was. Raises Unavailable with what it printed."""
        user = _user()
        options = {
            "listen_addresses": "127.0.0.1", "port": self._port, "unix_socket_directories": self.folder, "max_connections": 200,
            "shared_buffers": "64MB", "fsync": "off", "full_page_writes": "off",
        }  # fmt: skip
        with (self.folder / "log").open("ab") as stream:
            self.process = subprocess.Popen(
                [self._program, "-D", self.folder / "data", *(f"--{name}={value}" for name, value in options.items())],
                cwd=self.folder, user=user, group=user, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
                start_new_session=True, preexec_fn=ends_with_parent(signal.SIGQUIT),
            )  # fmt: skip
        self._wait()

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self._port}/{database}"

    def create_database(self, template: str = "template0") -> str:
        """A new database, a copy of `template` (about 30 ms); gives its name."""
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        """End the server, at once, and delete all it had."""
        if hasattr(self, "process"):
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                return self._execute("SELECT 1")
            except Unavailable:
                if self.process.poll() is not None or time.monotonic() > until:
                    printed = (self.folder / "log").read_text(errors="replace")[-800:]
                    raise Unavailable("PostgreSQL", f"the test server did not start: {printed}") from None
                time.sleep(0.05)

    def _execute(self, statement: str) -> None:
        import psycopg  # an extra, [postgres]

        try:
            address = {"host": "127.0.0.1", "port": self._port, "user": _USER, "dbname": "postgres"}
            with psycopg.connect(**address, autocommit=True) as connection:  # type: ignore[arg-type]  # its parameters are each typed
                connection.execute(statement.encode())
        except psycopg.OperationalError as error:
            raise Unavailable("PostgreSQL", str(error)) from error


def _initdb(programs: Programs, data: Path) -> list[str]:
    collation = ["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"]  # sorts as people do, where SQLite sorts bytes
    quick = ["--no-sync", "--no-instructions"]
    return [str(programs.initdb), "-D", str(data), "-U", _USER, "--auth=trust", "--encoding=UTF8", *collation, *quick]


def _user() -> str | None:
    return "postgres" if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
