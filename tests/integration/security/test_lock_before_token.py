"""A token is sent to the live owner of a lock, and to no other program that listens on its port."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from meguri.core.errors import Unauthenticated, Unavailable
from meguri.core.ids import EndpointId
from meguri.core.lockfile import LockFile, Owner, find_owner
from meguri.sdk.client import Client, connect
from meguri.sdk.transport import EMBEDDED_URL, Connection, Target, find_server
from meguri.serving.client import EndpointClient
from meguri.serving.model import Endpoint
from meguri.testing.server import RunningServer, start_server
from tests.integration.security.conftest import squatter

HOLDER = """
import sys, time
from pathlib import Path
from meguri.core.lockfile import LockFile
lock = LockFile.take(Path(sys.argv[1]))
lock.announce(sys.argv[2], secret="secret")
print("held", flush=True)
time.sleep(60)
"""

DEMAND = Endpoint(EndpointId("ep_1"), "demand", "shop", "demand", "hourly", "", 18_431, 0, datetime(2026, 1, 1, tzinfo=UTC))


def hold(file: Path, url: str) -> subprocess.Popen[bytes]:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(file), url], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    holder.stdout.close()
    return holder


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_client_that_comes_after_the_owner_was_killed_sends_nothing_to_the_port(home: Path) -> None:
    server = start_server(home)
    server.kill()
    assert json.loads((home / "owner.lock").read_bytes())["url"] == server.url, "a killed owner leaves its address behind"
    with squatter(port_of(server.url)) as seen:
        assert find_server(Target(home)) is None
        client = connect(home=home)
        assert client.connection.url == EMBEDDED_URL
        client.close()
    assert seen == []


def test_a_client_that_is_connected_sends_nothing_to_the_port_of_an_owner_that_was_killed(home: Path) -> None:
    server = start_server(home)
    with connect(home=home) as client:
        assert client.get("/health")["version"]
        server.kill()
        with squatter(port_of(server.url)) as seen, pytest.raises(Unavailable, match="no server runs on home"):
            client.get("/api/v1/projects")
        assert seen == []
        again = start_server(home)
        assert client.get("/api/v1/projects")["items"] == []
        again.stop()


def test_the_token_of_a_home_is_sent_to_no_other_server(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURI_HOME", str(server.home))
    port = free_port()
    with squatter(port) as seen:
        for token in (None, "given"):
            with connect(url=f"http://127.0.0.1:{port}", token=token) as client:
                client.get("/api/v1/projects")
    assert seen == ["", "Bearer given"]
    with connect(url=server.url) as client:
        assert client.get("/api/v1/projects")["items"] == []
        server.kill()
        with squatter(port_of(server.url)) as seen, pytest.raises(Unavailable, match="no server runs on home"):
            client.get("/api/v1/projects")
    assert seen == []


def test_a_server_that_wants_a_token_and_gets_none_is_told_how_to_give_one(server: RunningServer, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "token").write_text("token of another home")
    client = Client(Connection(Target(tmp_path / "other", url=server.url)))
    with pytest.raises(Unauthenticated, match=r"no token was sent to .*: set MEGURI_TOKEN"):
        client.get("/api/v1/projects")
    client.close()


def test_an_owner_that_is_stopping_withdraws_its_address_before_the_port_is_free(server: RunningServer) -> None:
    server.process.send_signal(signal.SIGINT)
    seen: set[str] = set()
    while server.process.poll() is None:
        owner = find_owner(server.home / "owner.lock")
        if owner is None:
            break
        seen.add(owner.url)
    assert seen <= {server.url, ""}
    assert "" in seen


def test_a_lock_names_its_holder(tmp_path: Path) -> None:
    file = tmp_path / "owner.lock"
    holder = hold(file, "http://127.0.0.1:1")
    try:
        assert find_owner(file) == Owner(holder.pid, "http://127.0.0.1:1", "", "secret")
        with pytest.raises(BlockingIOError):
            LockFile.take(file)
    finally:
        holder.kill()
        holder.wait()
    assert find_owner(file) is None


@pytest.mark.parametrize("change", [{"pid": 1}, {"boot": "00000000-0000-0000-0000-000000000000"}, {"pid": os.getpid()}])
def test_what_the_holder_of_the_lock_did_not_write_gives_no_address(tmp_path: Path, change: dict[str, object]) -> None:
    file = tmp_path / "owner.lock"
    holder = hold(file, "http://127.0.0.1:1")
    try:
        file.write_text(json.dumps({**json.loads(file.read_bytes()), **change}))
        assert find_owner(file) == Owner(0)
    finally:
        holder.kill()
        holder.wait()


def test_a_lock_file_that_others_may_write_gives_no_address(tmp_path: Path) -> None:
    file = tmp_path / "owner.lock"
    holder = hold(file, "http://127.0.0.1:1")
    file.chmod(0o666)
    try:
        assert find_owner(file) == Owner(0)
    finally:
        holder.kill()
        holder.wait()


def test_the_server_sends_nothing_to_the_port_of_an_endpoint_that_was_killed(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "token").write_text("token")
    client = EndpointClient(tmp_path)
    with squatter(18_431) as seen:
        holder = hold(tmp_path / "specs" / "ep_1.lock", "http://127.0.0.1:18431")
        client.seal(DEMAND)
        assert seen == ["Bearer secret"], "the home's token is never sent to an endpoint"
        holder.kill()
        holder.wait()
        with pytest.raises(Unavailable, match="its process does not run"):
            client.seal(DEMAND)
        assert len(seen) == 1
    client.close()
