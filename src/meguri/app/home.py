"""A home folder and its one owner."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from meguri.core.errors import HomeInUse, Unavailable

FOLDERS = ("blobs", "bundles", "journal", "log", "online", "routes", "tables", "work")
LOOK_SECONDS = 2.0


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

    def drop_unfinished(self) -> None:
        """Delete what a killed owner was just writing, and the folders its workers wrote in. For the owner, before it begins."""
        for each in (*self.path.glob("blobs/incoming/*"), *self.path.glob("work/*")):
            if each.is_dir() and each.name != "logs":
                shutil.rmtree(each, ignore_errors=True)
            elif each.is_file():
                each.unlink(missing_ok=True)


class Ownership:
    """The lock on a home. It is the kernel's, so it goes with the process that held it, however that ended."""

    def __init__(self, home: Home, descriptor: int) -> None:
        self.home, self._descriptor = home, descriptor

    @staticmethod
    def take(path: Path) -> Ownership:
        """Become the owner of a home, making the folder if need be. Raises HomeInUse, Unavailable."""
        home = Home(path.absolute())
        try:
            home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unwritable(home.path, error.strerror) from error
        try:
            _lock(home, descriptor)
            _ensure_writable(home.path)
        except BaseException:
            os.close(descriptor)
            raise
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


def _ensure_writable(home: Path) -> None:
    """Find now what a request would stumble over later."""
    folders = [home / name for name in FOLDERS if (home / name).exists()]
    below = [path for folder in folders for path in folder.iterdir() if path.is_dir() or path.suffix == ".mdb"]
    for path in (home, *home.glob("*.db"), *folders, *below):
        if not os.access(path, os.W_OK, effective_ids=True):
            raise _unwritable(path, "Permission denied")


def _unwritable(path: Path, why: str | None) -> Unavailable:
    hint = "check its owner and mode, or choose another folder with --home"
    return Unavailable("home", f"{path} cannot be written ({why}): {hint}")


def _lock(home: Home, descriptor: int) -> None:
    """Take the lock. Whoever looks for the owner holds it for an instant, so it may be in the way without anybody owning the home."""
    deadline = time.monotonic() + LOOK_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = find_owner(home.path)
            if owner is not None or time.monotonic() > deadline:
                by = f"process {owner.pid} at {owner.url or 'an address of its own'}" if owner and owner.pid else "another process"
                text = f"home {home.path} is in use by {by}: use that one, stop it, or choose another folder with --home"
                raise HomeInUse(text) from error
            time.sleep(0.005)
        except OSError as error:
            raise Unavailable("home", f"{home.lock} cannot be locked ({error.strerror}): keep the home on a local disk") from error


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
