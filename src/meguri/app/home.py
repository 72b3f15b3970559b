"""A home folder and its one owner."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

from meguri.core.errors import HomeInUse, Unavailable


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds everything: database, blobs, tables, logs."""

    path: Path

    @property
    def ledger(self) -> Path:
        return self.path / "meguri.db"

    @property
    def series(self) -> Path:
        return self.path / "series.db"

    @property
    def jobs(self) -> Path:
        return self.path / "jobs.db"

    @property
    def lock(self) -> Path:
        return self.path / "owner.lock"


class Ownership:
    """The lock on a home. It is the kernel's, so it goes with the process that held it, however that ended."""

    def __init__(self, home: Home, descriptor: int) -> None:
        self.home, self._descriptor = home, descriptor

    @staticmethod
    def take(path: Path) -> Ownership:
        """Become the owner of a home, making the folder if need be. Raises HomeInUse, Unavailable."""
        home = Home(path.absolute())
        try:
            home.path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            why = f"{home.path} cannot be written ({error.strerror}): check its owner and mode, or choose another folder with --home"
            raise Unavailable("home", why) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            owner = find_owner(home.path)
            by = f"process {owner.pid} at {owner.url or 'an address of its own'}" if owner else "another process"
            raise HomeInUse(f"home {home.path} is in use by {by}: use that one, stop it, or choose another folder with --home") from error
        ownership = Ownership(home, descriptor)
        ownership.announce("")
        return ownership

    def announce(self, url: str) -> None:
        """Say where the owner listens, for clients on this machine."""
        content = json.dumps({"pid": os.getpid(), "url": url}).encode()
        try:
            os.pwrite(self._descriptor, content + b"\n", 0)
            os.ftruncate(self._descriptor, len(content) + 1)
        except OSError as error:
            raise Unavailable("home", f"{self.home.lock} cannot be written ({error.strerror})") from error

    def release(self) -> None:
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who says that it owns a home. `url` is empty for an owner that does not listen."""

    pid: int
    url: str


def find_owner(path: Path) -> Owner | None:
    """The live owner of a home; None where nobody holds its lock."""
    file = path / "owner.lock"
    try:
        with file.open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return None
            except OSError:
                content = json.loads(stream.read() or b"{}")
    except (OSError, ValueError):
        return None
    return Owner(int(content.get("pid", 0)), str(content.get("url", "")))
