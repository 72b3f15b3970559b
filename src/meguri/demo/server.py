"""The server process of the demo."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from meguri.app.home import find_owner
from meguri.core.errors import Unavailable
from meguri.core.settings import DEFAULT_PORT
from meguri.sdk.client import connect

STARTING_SECONDS = 90.0
STOPPING_SECONDS = 30.0


class Server:
    """A server process on a home directory, started here and stopped by `stop`.

    A server that an interrupted demo started is taken over; one that was started otherwise is used and is not stopped. `notify` gets a
    sentence when the server is started again. Raises Unavailable where it does not start.
    """

    def __init__(self, home: Path, port: int | None, notify: Callable[[str], None] = lambda _text: None) -> None:
        self.home, self._port, self._notify = home, port, notify
        self._pid_file = home / "demo-server.pid"
        self._process: subprocess.Popen[bytes] | None = None
        owner = find_owner(home)
        self._is_ours = owner is None or (self._pid_file.exists() and self._pid_file.read_text() == str(owner.pid))
        self.url = self._wait_until_ready() if owner is not None else self._start()

    @property
    def token(self) -> str:
        return (self.home / "token").read_text().strip()

    @property
    def sign_in(self) -> str:
        """An address that signs a browser in once."""
        with connect(url=self.url, token=self.token) as client:
            return client.sign_in_address()

    def ensure_alive(self) -> None:
        """Start the server again if it has ended and was started here."""
        if self._is_ours and find_owner(self.home) is None:
            if self._process is not None and self._process.poll() is None:
                return  # on its way up or down
            self._notify("the server has ended: starting it again")
            self.url = self._start()

    def wait(self) -> None:
        while find_owner(self.home) is not None:
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop the server, if it was started here, and wait for its end."""
        owner = find_owner(self.home)
        if not self._is_ours or owner is None:
            return
        for sent in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(owner.pid, sent)
            deadline = time.monotonic() + STOPPING_SECONDS
            while find_owner(self.home) is not None and time.monotonic() < deadline:
                time.sleep(0.05)
            if find_owner(self.home) is None:
                break
        if self._process is not None:
            self._process.wait()

    def _start(self) -> str:
        port = self._port if self._port is not None else DEFAULT_PORT if _is_free(DEFAULT_PORT) else 0
        program = "import sys; from meguri.cli.main import main; sys.exit(main())"
        options = ["server", "--home", str(self.home), "--host", "127.0.0.1", "--port", str(port)]
        with self._log.open("ab") as log:
            command = [sys.executable, "-c", program, *options]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self._pid_file.write_text(str(self._process.pid))
        return self._wait_until_ready()

    def _wait_until_ready(self) -> str:
        deadline = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < deadline:
            owner = find_owner(self.home)
            if owner is not None and owner.url:
                self._port = int(owner.url.rpartition(":")[2])  # the same again, should it have to be started again
                return owner.url
            if owner is None and self._process is not None and self._process.poll() is not None:
                break
            time.sleep(0.05)
        self.stop()
        printed = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        raise Unavailable("server", f"it did not start: {' / '.join(printed[-3:]) or 'it printed nothing'} (its log is {self._log})")

    @property
    def _log(self) -> Path:
        return self.home / "server.log"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0
