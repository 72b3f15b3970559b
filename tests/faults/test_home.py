"""What a server says that cannot have its home or its port; whoever has them goes on undisturbed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from meguri.access.home_token import home_token
from meguri.app.home import Ownership, find_owner
from meguri.testing.server import RunningServer
from tests.faults.client import calling, moments

PROGRAM = "import sys; from meguri.cli.main import main; sys.exit(main(sys.argv[1:]))"
AS_OTHERS_DO = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
"""Root writes to everything; without these two capabilities it is held to modes as every other user is."""


def start_and_fail(home: Path, *options: str) -> str:
    """What `meguri server` says that cannot start: one line on stderr, and status 1."""
    command = [*AS_OTHERS_DO, sys.executable, "-c", PROGRAM, "server", "--home", str(home), *(options or ("--port", "0"))]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
    assert (ended.returncode, ended.stdout) == (1, ""), ended.stderr
    said = ended.stderr.strip().splitlines()
    assert len(said) == 1, ended.stderr
    assert said[0].startswith("meguri: ")
    return said[0]


@contextmanager
def unwritable(path: Path) -> Iterator[None]:
    """Take away the permission to write a file, or a folder and all that is in it."""
    modes = {each: each.stat().st_mode for each in (path, *path.rglob("*"))}
    for each, mode in modes.items():
        each.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for each, mode in modes.items():
            if each.exists():
                each.chmod(mode)


def test_a_folder_in_which_no_home_can_be_made_is_said(tmp_path: Path) -> None:
    with unwritable(tmp_path):
        said = start_and_fail(tmp_path / "home")
    assert said == (
        f"meguri: home is unavailable: {tmp_path / 'home'} cannot be written (Permission denied): check its owner and mode, or choose "
        "another folder with --home"
    )
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "part", [".", "owner.lock", "meguri.db", "jobs.db", "blobs/incoming", "online/data.mdb", "specs", "journal", "log/ep_*"]
)
def test_a_home_of_which_a_part_cannot_be_written_is_said(home: Path, part: str) -> None:
    place = next(home.glob(part)) if "*" in part else home / part
    with unwritable(place):
        said = start_and_fail(home)
    named = home if part == "owner.lock" else place
    assert said.startswith(f"meguri: home is unavailable: {named}")
    assert said.endswith("cannot be written (Permission denied): check its owner and mode, or choose another folder with --home")


def test_a_busy_port_is_said_and_the_home_is_left_alone(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        said = start_and_fail(home, "--port", str(port))
    assert said == (
        f"meguri: port is unavailable: 127.0.0.1:{port} cannot be listened on (Address already in use): stop what uses it, or choose "
        "another with --port (0 takes a free one)"
    )
    assert find_owner(home) is None


def test_a_second_server_on_a_home_is_refused_and_the_first_goes_on(server: RunningServer) -> None:
    said = start_and_fail(server.home)
    assert said == (
        f"meguri: home {server.home} is in use by process {server.process.pid} at {server.url}: use that one, stop it, or choose another "
        "folder with --home"
    )
    with calling(server) as caller:
        assert caller.push(moments(1)[0]).json()["accepted"] == 1
        assert caller.predict(moments(1)[0]).status_code == 200


def test_many_that_look_for_the_owner_do_not_keep_it_from_starting(tmp_path: Path) -> None:
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            find_owner(tmp_path)

    looking = [threading.Thread(target=look) for _ in range(3)]
    for each in looking:
        each.start()
    try:
        for _ in range(100):
            Ownership.take(tmp_path).release()
    finally:
        stop.set()
        for each in looking:
            each.join()


def test_an_empty_token_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "token").touch()
    token = home_token(tmp_path)
    assert len(token) > 30
    assert home_token(tmp_path) == token
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
