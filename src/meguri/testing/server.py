"""A real `meguri server` process for tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from meguri.app.child import ends_with_parent
from meguri.app.home import find_owner
from meguri.core.errors import Unavailable
from meguri.core.lockfile import Owner
from meguri.sdk.transport import trust_only

START_SECONDS = 60.0
STOP_SECONDS = 30.0
_PROGRAM = "import sys; from meguri.cli.main import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that owns `home`. Its output goes to `log`."""

    process: subprocess.Popen[bytes]
    home: Path
    url: str
    log: Path

    @property
    def token(self) -> str:
        return (self.home / "token").read_text().strip()

    def client(self) -> httpx.Client:
        """A client that is allowed everything; close it."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=60)

    def stop(self) -> None:
        """Ask it to end, as Ctrl-C does, and wait until it has. Raises Unavailable if it does not."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise Unavailable("server", f"it did not stop within {STOP_SECONDS:g} s:\n{_tail(self.log)}") from error

    def kill(self) -> None:
        """`kill -9`: no goodbye."""
        self.process.kill()
        self.process.wait()


def start_server(home: Path, *, port: int = 0, options: Sequence[str] = ()) -> RunningServer:
    """Start `meguri server` on a home and wait until it answers. Raises Unavailable with what it printed."""
    log = home.parent / f"{home.name}.log"
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, "server", "--home", str(home), "--port", str(port), *options],
            env={**os.environ, "ORT_DISABLE_TELEMETRY": "1"}, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
            start_new_session=True, preexec_fn=ends_with_parent(signal.SIGTERM),
        )  # fmt: skip
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        owner = find_owner(home)
        if owner is not None and owner.pid == process.pid and owner.url and _answers(owner):
            return RunningServer(process, home, owner.url, log)
        time.sleep(0.05)
    process.kill()
    process.wait()
    raise Unavailable("server", f"`meguri server` did not come up:\n{_tail(log)}")


@contextmanager
def running_server(home: Path, *, options: Sequence[str] = ()) -> Iterator[RunningServer]:
    """A server for the length of the block; one that was killed meanwhile is no error."""
    server = start_server(home, options=options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def _answers(owner: Owner) -> bool:
    try:
        return httpx.get(f"{owner.url}/health", timeout=5, verify=trust_only(owner.certificate) if owner.certificate else True).is_success
    except httpx.HTTPError:
        return False


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-4000:]
