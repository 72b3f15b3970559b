"""Addresses, names and TLS of a server."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from meguri.app import listener
from meguri.core.errors import Invalid, Unavailable
from meguri.sdk.client import connect
from meguri.testing.server import RunningServer, running_server


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that signs itself, for a host name, and its key."""
    cert, key = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


def port_of(server: RunningServer) -> int:
    port = urlsplit(server.url).port
    assert port is not None
    return port


def test_a_server_on_all_addresses_answers_at_the_address_that_it_announces_and_at_the_machines_own(home: Path) -> None:
    with running_server(home, options=["--host", "0.0.0.0"]) as server:
        with connect(home=home) as client:
            assert client.get("/api/v1/projects")["items"] == []
        port = port_of(server)
        for name in ("127.0.0.1", "10.1.2.3", socket.gethostname(), "localhost"):
            assert httpx.get(f"http://127.0.0.1:{port}/health", headers={"Host": f"{name}:{port}"}).status_code == 200, name
        assert httpx.get(f"http://127.0.0.1:{port}/health", headers={"Host": "evil.example"}).status_code == 403
        assert "tokens and data travel unencrypted" in server.log.read_text()


def test_a_server_listens_on_a_name(home: Path) -> None:
    with running_server(home, options=["--host", "localhost"]) as server, connect(home=home) as client:
        assert urlsplit(server.url).hostname == "localhost"
        assert client.get("/api/v1/projects")["items"] == []
        assert "unencrypted" not in server.log.read_text()


def test_a_server_listens_on_ipv6(home: Path) -> None:
    with running_server(home, options=["--host", "::1"]) as server, connect(home=home) as client:
        assert server.url.startswith("http://[::1]:")
        assert client.get("/api/v1/projects")["items"] == []


def test_with_a_certificate_it_answers_https_and_local_clients_trust_that_certificate_alone(home: Path, tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path, "mlops.example")
    options = ["--host", "0.0.0.0", "--tls-cert", str(cert), "--tls-key", str(key)]
    with running_server(home, options=options) as server:
        assert server.url.startswith("https://127.0.0.1:")
        assert "unencrypted" not in server.log.read_text()
        with connect(home=home) as client:
            assert client.get("/api/v1/projects")["items"] == []
        port = port_of(server)
        context = ssl.create_default_context(cafile=str(cert))
        with httpx.Client(verify=context) as elsewhere:
            answer = elsewhere.get(f"https://127.0.0.1:{port}/health", extensions={"sni_hostname": "mlops.example"})
        assert answer.status_code == 200, "a client elsewhere trusts the certificate by its name"
        with pytest.raises(httpx.TransportError):
            httpx.get(f"https://127.0.0.1:{port}/health")
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/health")


def test_half_of_a_certificate_is_refused_before_anything_listens(home: Path, tmp_path: Path) -> None:
    cert, _ = make_certificate(tmp_path, "mlops.example")
    _, other_key = make_certificate(tmp_path, "other.example")
    with pytest.raises(Unavailable, match="TLS needs a certificate and its key"), running_server(home, options=["--tls-cert", str(cert)]):
        pass
    options = ["--tls-cert", str(cert), "--tls-key", str(other_key)]
    with pytest.raises(Unavailable, match="cannot be loaded"), running_server(home, options=options):
        pass
    with pytest.raises(Invalid, match="holds no certificate"):
        listener.read_certificate(str(other_key))


def test_a_password_on_the_command_line_is_warned_of_and_not_repeated(home: Path) -> None:
    options = ["--database", "postgresql+psycopg://me:hunter2@127.0.0.1:1/none"]
    with pytest.raises(Unavailable) as raised, running_server(home, options=options):
        pass
    assert "every user of this machine can read a password on the command line" in raised.value.message
    assert "hunter2" not in raised.value.message


def test_a_connection_that_sends_no_request_is_closed(server: RunningServer) -> None:
    port = port_of(server)
    with socket.create_connection(("127.0.0.1", port)) as silent:
        silent.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        silent.settimeout(listener.HEAD_SECONDS + 15)
        begin = time.monotonic()
        assert silent.recv(1) == b""
        assert time.monotonic() - begin > listener.HEAD_SECONDS - 5
