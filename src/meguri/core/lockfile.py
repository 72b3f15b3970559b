"""Lock files: which live process owns a folder, and at which address it listens.

A lock file is held by `flock`, which the kernel releases when its process ends. Its content names the process and its address, and stays
behind when the process is killed. So the address counts only while the lock is held, by the process that the content names, since this
start of the machine: any other user may listen on a port that its former owner no longer uses.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCK = "owner.lock"
"""The lock file of a home."""

_LOOK_SECONDS = 2.0
_LOCKS = Path("/proc/locks")
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that holds a lock file.

    `pid` is 0 and `url` empty where the holder is not proven to be the process that the file names. `url` is also empty for an owner that
    does not listen. `certificate`: PEM of the TLS certificate that it answers with; empty without TLS. `secret`: what it wants to see from
    callers that can read the file.
    """

    pid: int
    url: str = ""
    certificate: str = ""
    secret: str = ""


class LockFile:
    """A lock file that this process holds."""

    def __init__(self, file: Path, descriptor: int) -> None:
        self.file, self._descriptor = file, descriptor

    @staticmethod
    def take(file: Path, *, wait_seconds: float = 0.0) -> LockFile:
        """Take the lock; the file is made readable by this user alone. Raises BlockingIOError where another process holds it, after
        `wait_seconds` where that one does not listen (any more), OSError."""
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(file, descriptor, wait_seconds)
            os.fchmod(descriptor, 0o600)
            os.ftruncate(descriptor, 0)
        except BaseException:
            os.close(descriptor)
            raise
        return LockFile(file, descriptor)

    def announce(self, url: str, *, certificate: str = "", secret: str = "") -> None:
        """Write down where this process listens; an empty `url` withdraws it. Raises OSError."""
        record = {"pid": os.getpid(), "url": url, "boot": _boot(), "certificate": certificate, "secret": secret}
        content = json.dumps(record).encode() + b"\n"
        os.pwrite(self._descriptor, content, 0)
        os.ftruncate(self._descriptor, len(content))

    def release(self) -> None:
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def find_owner(file: Path) -> Owner | None:
    """The live process that holds a lock file; None where none does. Costs about 100 microseconds."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                return None
        state = os.fstat(descriptor)
        if state.st_mode & 0o022:  # others may have written the address
            return Owner(0)
        return _proven(os.pread(descriptor, 1 << 16, 0), state.st_ino)
    finally:
        os.close(descriptor)


def _lock(file: Path, descriptor: int, wait_seconds: float) -> None:
    """A process that looks for the owner holds the lock for an instant: such a lock, without an owner, is tried again for a while."""
    begin = time.monotonic()
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = find_owner(file)
            patience = _LOOK_SECONDS if owner is None else 0.0 if owner.url else wait_seconds
            if time.monotonic() - begin >= patience:
                raise
            time.sleep(0.005)


def _proven(content: bytes, inode: int) -> Owner:
    try:
        record: dict[str, Any] = json.loads(content or b"{}")  # Any: JSON
        owner = Owner(int(record["pid"]), str(record["url"]), str(record["certificate"]), str(record["secret"]))
    except (ValueError, KeyError, TypeError):
        return Owner(0)
    return owner if record.get("boot") == _boot() and _holds(owner.pid, inode) else Owner(0)


def _holds(pid: int, inode: int) -> bool:
    """Whether a process holds the lock on a file. Where the kernel does not list its locks (macOS; a holder in another container), whether
    the process lives, or whether it is not visible from here."""
    try:
        lines = [line.split() for line in _LOCKS.read_text().splitlines()]
    except OSError:
        return _lives(pid)
    holders = {int(line[4]) for line in lines if line[1] == "FLOCK" and line[3] == "WRITE" and line[5].endswith(f":{inode}")}
    return pid in holders or not holders - {0, -1}


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _boot() -> str:
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
