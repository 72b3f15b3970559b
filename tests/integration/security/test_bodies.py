"""Requests cannot take the server's memory: what is not known is not read, and what is known is read up to a limit."""

from __future__ import annotations

import socket
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from meguri.testing.server import RunningServer

MEBIBYTE = bytes(1 << 20)


def address_of(server: RunningServer) -> tuple[str, int]:
    parts = urlsplit(server.url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def send_chunks(server: RunningServer, method: str, path: str, mebibytes: int, *headers: str) -> bytes:
    """Send a request with so much body in chunks, without waiting for the answer; what came back until the server hung up."""
    host, port = address_of(server)
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n"
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.sendall((head + "".join(f"{each}\r\n" for each in headers) + "\r\n").encode())
        try:
            for _ in range(mebibytes):
                connection.sendall(b"100000\r\n" + MEBIBYTE + b"\r\n")
            connection.sendall(b"0\r\n\r\n")
            return connection.recv(4_096)
        except ConnectionError:
            return b""


def peak_memory(server: RunningServer) -> int:
    """The most bytes that the process has held so far."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) << 10


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/health"), ("GET", "/openapi.json"), ("POST", "/health"), ("POST", "/login"), ("POST", "/api/v1/login"), ("GET", "/"),
        ("POST", "/nothing"), ("POST", "/api/v1/nothing"), ("POST", "/api/v1/projects/any/bundles/apply"), ("POST", "/api/v1/runs"),
    ],
)  # fmt: skip
def test_an_unknown_caller_takes_no_memory_on_any_route(server: RunningServer, method: str, path: str) -> None:
    before = peak_memory(server)
    send_chunks(server, method, path, 100)
    assert peak_memory(server) - before < 25 << 20
    assert httpx.get(f"{server.url}/health").status_code == 200


def test_a_declared_length_beyond_the_limit_of_the_route_is_refused_unread(server: RunningServer) -> None:
    host, port = address_of(server)
    with socket.create_connection((host, port), timeout=10) as connection:
        head = f"POST /api/v1/projects/any/runs HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {server.token}\r\n"
        connection.sendall(f"{head}Content-Length: 99999999999\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(4_096):
            answer += part
    assert answer.startswith(b"HTTP/1.1 413"), answer
    assert b"is over 8 MiB" in answer


@pytest.mark.parametrize("action", ["plan", "apply"])
def test_a_bundle_is_refused_unread_where_the_caller_may_not_send_it(server: RunningServer, action: str) -> None:
    with server.client() as root:
        root.post("/api/v1/projects/any/runs", json={}).raise_for_status()
        token = root.post("/api/v1/me/tokens", json={"name": "client", "scopes": ["predict"]}).raise_for_status().json()["secret"]
    host, port = address_of(server)
    with socket.create_connection((host, port), timeout=10) as connection:
        head = f"POST /api/v1/projects/any/bundles/{action} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
        connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {200 << 20}\r\n\r\n".encode())
        assert connection.recv(4_096).startswith(b"HTTP/1.1 403")


def test_a_known_caller_is_held_to_the_limit_of_the_route(server: RunningServer) -> None:
    with server.client() as client:
        refused = client.post("/api/v1/projects/any/runs", content=b" " * (9 << 20), headers={"Content-Type": "application/json"})
        assert (refused.status_code, refused.json()["code"]) == (413, "TooLarge")
        large = client.post("/api/v1/projects/any/bundles/apply", content=b" " * (9 << 20), headers={"Content-Type": "application/json"})
        assert (large.status_code, large.json()["code"]) == (422, "Invalid"), "it was read: it is only no JSON"


def test_json_that_is_nested_deeply_is_refused_without_a_traceback(server: RunningServer) -> None:
    nested = b'{"rows": [{"a": ' + b"[" * 100_000
    with server.client() as client:
        assert client.post("/api/v1/projects/any/runs", json={}).is_success
        for _ in range(3):
            answer = client.post("/api/v1/projects/any/sources/any/push", content=nested, headers={"Content-Type": "application/json"})
            assert (answer.status_code, "nested too deeply" in answer.json()["detail"]) == (422, True)
    assert "Traceback" not in server.log.read_text()


CONNECTIONS = """
    import asyncio, resource, sys
    from meguri.app.listener import Server, listen, server_config
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))

    async def answer(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    listener = listen("127.0.0.1", 0)
    config = server_config(answer, drain_seconds=1)
    print(listener.getsockname()[1], config.limit_concurrency, flush=True)
    Server(config, lambda: None).run(sockets=[listener])
"""


def test_connections_beyond_the_limit_get_503_and_open_files_are_left() -> None:
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(CONNECTIONS)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port, limit = map(int, process.stdout.readline().split())
        assert limit == 50
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(limit)]
        try:
            assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 503
        finally:
            for each in idle:
                each.close()
        assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
        process.terminate()
