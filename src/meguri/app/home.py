"""A home folder and its one owner."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from meguri.core.errors import HomeInUse, Unavailable
from meguri.core.lockfile import LOCK, LockFile, Owner
from meguri.core.lockfile import find_owner as find_holder

logger = logging.getLogger(__name__)

FOLDERS = ("blobs", "bundles", "journal", "log", "online", "routes", "specs", "spool", "tables", "work")


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
        return self.path / LOCK

    def make_private(self) -> None:
        """Take the permissions of group and others from the home, and from its files and folders: mode 0700, and 0600 for files. Existing
        ones too. What belongs to another user is left as it is, and `meguri doctor` reports it."""
        parts = (*(self.path / name for name in FOLDERS), *self.path.glob("*.db*"), self.path / "token", self.path / ".gitignore")
        for path in (self.path, *parts):
            try:
                mode = path.stat().st_mode
                if mode & 0o077:
                    path.chmod(mode & 0o700)
            except FileNotFoundError:
                continue
            except OSError:
                logger.warning("other users may read this, and its mode cannot be changed", extra={"path": str(path)})

    def drop_unfinished(self) -> None:
        """Delete what a killed owner was just writing, and the folders its workers wrote in. For the owner, before it begins."""
        for each in (*self.path.glob("blobs/incoming/*"), *self.path.glob("work/*")):
            if each.is_dir() and each.name != "logs":
                shutil.rmtree(each, ignore_errors=True)
            elif each.is_file():
                each.unlink(missing_ok=True)


class Ownership:
    """The lock on a home. The kernel releases it when the process that holds it ends, however it ends."""

    def __init__(self, home: Home, lock: LockFile) -> None:
        self.home, self._lock = home, lock

    @staticmethod
    def take(path: Path) -> Ownership:
        """Become the owner of a home, which is created if there is none, and close it to other users of the machine. Raises HomeInUse,
        Unavailable."""
        home = Home(path.absolute())
        try:
            home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(home.path, error.strerror) from error
        lock = _lock(home)
        try:
            _ensure_writable(home.path)
            home.make_private()
            _keep_out_of_git(home.path)
        except BaseException:
            lock.release()
            raise
        return Ownership(home, lock)

    def announce(self, url: str, certificate: str = "") -> None:
        """Write down where the owner listens, and its TLS certificate, for clients on this machine; an empty `url` withdraws it."""
        try:
            self._lock.announce(url, certificate=certificate)
        except OSError as error:
            raise Unavailable("home", f"{self.home.lock} cannot be written ({error.strerror})") from error

    def release(self) -> None:
        self._lock.release()


def find_owner(path: Path) -> Owner | None:
    """The live owner of a home; None where nobody holds its lock."""
    return find_holder(Home(path).lock)


def _keep_out_of_git(home: Path) -> None:
    """`git add .` in a folder that contains the home must not commit its token."""
    file = home / ".gitignore"
    try:
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text("*\n")
    except OSError as error:
        raise _unwritable(file, error.strerror) from error


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


def _lock(home: Home) -> LockFile:
    try:
        lock = LockFile.take(home.lock)
        lock.announce("")
        return lock
    except BlockingIOError as error:
        owner = find_owner(home.path)
        by = f"process {owner.pid} at {owner.url or 'an address of its own'}" if owner and owner.pid else "another process"
        text = f"home {home.path} is in use by {by}: use that one, stop it, or choose another folder with --home"
        raise HomeInUse(text) from error
    except PermissionError as error:
        raise _unwritable(home.path, error.strerror) from error
    except OSError as error:
        raise Unavailable("home", f"{home.lock} cannot be locked ({error.strerror}): keep the home on a local disk") from error
