"""The proxy configuration of the deployment guide, in a real nginx before a real server; the guide's service and backup commands."""

from __future__ import annotations

import configparser
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from meguri.app.backup import verify_backup
from meguri.cli.main import build_parser, main
from meguri.testing.require import missing
from meguri.testing.server import RunningServer, running_server
from tests.integration.security.test_listening import make_certificate

HOWTO = Path(__file__).parents[2] / "docs/howto"
NAME = "mlops.example"


def block(page: str, language: str) -> str:
    """The first code block of a language on a page."""
    found = re.search(rf"```{language}\n(.*?)```", (HOWTO / page).read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def behind(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    """A server that knows the public name and trusts the proxy, on loopback."""
    monkeypatch.setenv("MEGURI_ALLOWED_HOSTS", NAME)
    monkeypatch.setenv("MEGURI_TRUSTED_PROXIES", "127.0.0.1")
    with running_server(home) as server:
        yield server


@pytest.fixture
def proxied(behind: RunningServer, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client elsewhere, which reaches the server by its public name through nginx."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if nginx is None:
        missing("nginx", "no nginx was found (on Debian: apt-get install nginx-light)")
    cert, key = make_certificate(tmp_path, NAME)
    port = free_port()
    site = block("deploy.md", "nginx")
    for former, now in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        (f"/etc/ssl/{NAME}/fullchain.pem", str(cert)),
        (f"/etc/ssl/{NAME}/privkey.pem", str(key)),
        ("http://127.0.0.1:8321", behind.url),
    ):
        assert former in site
        site = site.replace(former, now)
    folders = "\n".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"daemon off; pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; {folders}\n{site} }}\n"
    )  # fmt: skip
    process = subprocess.Popen([nginx, "-e", str(tmp_path / "error.log"), "-c", str(config), "-p", str(tmp_path)])
    try:
        context = ssl.create_default_context(cafile=str(cert))
        headers = {"Host": NAME, "Authorization": f"Bearer {behind.token}"}
        with httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=context, headers=headers, timeout=30) as client:
            client.event_hooks["request"] = [lambda request: request.extensions.update(sni_hostname=NAME)]
            until = time.monotonic() + 20
            while True:
                try:
                    client.get("/health")
                    break
                except httpx.ConnectError:
                    assert time.monotonic() < until, (tmp_path / "error.log").read_text()
                    time.sleep(0.1)
            yield client
    finally:
        process.terminate()
        process.wait(20)


def test_the_proxy_of_the_guide_passes_what_pages_and_programs_send(proxied: httpx.Client, behind: RunningServer) -> None:
    assert proxied.get("/health").json()["status"] == "ok"
    own = {"Origin": f"https://{NAME}", "Sec-Fetch-Site": "same-origin"}
    run = proxied.post("/api/v1/projects/shop/runs", json={}, headers=own)
    assert run.status_code == 201, run.text
    for origin in ("https://evil.example", f"https://{NAME}:8443", "http://localhost"):
        assert proxied.post("/api/v1/projects/shop/runs", json={}, headers={"Origin": origin}).status_code == 403
    assert proxied.get("/health", headers={"Host": "evil.example"}).status_code == 403
    large = proxied.post("/api/v1/projects/shop/bundles/plan", content=b" " * (9 << 20), headers={"Content-Type": "application/json"})
    assert large.status_code == 422, "nginx lets a large body through, and the server reads it"


def test_the_proxy_of_the_guide_passes_events_at_once(proxied: httpx.Client) -> None:
    proxied.post("/api/v1/projects/shop/runs", json={})
    with proxied.stream("GET", "/api/v1/stream", params={"after": 0}) as answer:
        assert answer.status_code == 200
        begin, seen = time.monotonic(), b""
        for part in answer.iter_raw():
            seen += part
            if b"run.started" in seen:
                break
        assert time.monotonic() - begin < 10


def test_the_service_starts_a_command_that_exists() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep upper case
    unit.read_string(block("deploy.md", "ini"))
    program, *arguments = unit["Service"]["ExecStart"].split()
    assert Path(program).name == "meguri"
    assert build_parser().parse_args(arguments).home == Path("/var/lib/meguri/home")


def test_the_backup_commands_of_the_guide_work(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = re.findall(r"^meguri (backup .*)$", (HOWTO / "backup.md").read_text(), re.MULTILINE)
    assert [each.split()[1] for each in commands] == ["create", "verify", "restore"]
    with running_server(home) as server:
        parts = urlsplit(server.url)
        assert parts.port is not None
        for command in commands:
            line = command.replace("/backup/meguri-today", str(tmp_path / "copy")).replace(".meguri-restored", str(tmp_path / "restored"))
            assert main(line.replace(".meguri", str(home)).split()) == 0, capsys.readouterr().err
    assert verify_backup(tmp_path / "copy") == []
    with running_server(tmp_path / "restored") as again:
        assert httpx.get(f"{again.url}/ready").status_code == 200
