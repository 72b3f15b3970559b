"""`meguri doctor`: what is wrong here, and what to do."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import shutil
import socket
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.resources import files
from pathlib import Path
from typing import Literal

from meguri.cli.command import Commands, add_command, settings_of
from meguri.core.errors import MeguriError
from meguri.core.lockfile import LOCK, find_owner
from meguri.core.redaction import redact
from meguri.core.settings import Settings
from meguri.sdk.client import Client, connect

LOW_SPACE_GIB = 1.0
CLOCK_SECONDS = 5.0
"""A larger difference to the clock of another machine shifts event time."""
PACKAGES = ("sqlalchemy", "dbos", "starlette", "uvicorn", "polars", "deltalake", "lmdb", "onnx", "onnxruntime", "scikit-learn", "skops")
"""What a server needs, by the name that it is installed by."""

State = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `advice`: what to do; empty where it is ok."""

    name: str
    state: State
    found: str
    advice: str = ""


def add(commands: Commands) -> None:
    parser = add_command(commands, "doctor", "check this install, the home and the server", run)
    parser.add_argument("--home", type=Path, help="home directory (default MEGURI_HOME or .meguri)")
    parser.add_argument("--database", help="SQLAlchemy URL of the ledger (default: the settings')")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")


def run(args: argparse.Namespace) -> int:
    """0 where nothing has failed; a warning fails nothing."""
    settings = settings_of(args)
    checks = [*_install(), *_home(settings.home), *_database(settings.database), *_server(settings)]
    if args.json:
        print(json.dumps([asdict(each) for each in checks], ensure_ascii=False, indent=1))
    else:
        marks = {"ok": "ok  ", "warning": "WARN", "failed": "FAIL"}
        for each in checks:
            print(f"{marks[each.state]}  {each.name:12} {each.found}" + (f": {each.advice}" if each.advice else ""))
    return 1 if any(each.state == "failed" for each in checks) else 0


def _install() -> Iterator[Check]:
    is_new = sys.version_info >= (3, 11)
    yield Check("python", "ok" if is_new else "failed", sys.version.split()[0], "" if is_new else "meguri needs Python 3.11 or newer")
    versions, missing = {"meguri": importlib.metadata.version("meguri")}, []
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    found = ", ".join(f"{name} {version}" for name, version in versions.items())
    if missing:
        yield Check("packages", "warning", found, f"{', '.join(missing)} are missing for a server: pip install 'meguri[server]'")
    else:
        yield Check("packages", "ok", found)
    has_pages = (Path(str(files("meguri"))) / "_ui" / "index.html").is_file()
    advice = "" if has_pages else "install the released wheel, or run `make demo` in a clone"
    yield Check("web pages", "ok" if has_pages else "warning", "built" if has_pages else "not built into this install", advice)
    now = datetime.now(UTC)
    built = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    is_late = now < built
    advice = "the clock is behind the files of this program: set it, or let NTP do so" if is_late else ""
    yield Check("clock", "failed" if is_late else "ok", now.strftime("%Y-%m-%d %H:%M:%S UTC"), advice)


def _home(home: Path) -> Iterator[Check]:
    if not home.exists():
        yield Check("home", "ok", f"{home} does not exist yet")
        return
    is_writable = os.access(home, os.W_OK | os.X_OK)
    advice = "" if is_writable else "it cannot be written: check its owner and mode"
    yield Check("home", "failed" if advice else "ok", str(home), advice)
    is_open = bool(home.stat().st_mode & 0o077)
    for path in (home, *(sorted(home.glob("*")) if is_open else [home / "token"])):
        if not path.exists():
            continue
        mode = path.lstat().st_mode
        if mode & 0o077 and not stat.S_ISLNK(mode):
            yield Check("modes", "failed", f"{path} has mode {mode & 0o777:o}", f"other users can read it: chmod go= {path}")
    if not (home / ".gitignore").exists():
        yield Check("git", "warning", f"{home / '.gitignore'} is missing", "`git add` would commit the token: start the server once")
    free = shutil.disk_usage(home).free / 2**30
    is_low = free < LOW_SPACE_GIB
    yield Check("disk", "failed" if is_low else "ok", f"{free:.1f} GiB free", "almost full: free some space" if is_low else "")


def _database(url: str) -> Iterator[Check]:
    if not url.startswith("postgresql"):
        return
    shown = redact(url)
    if importlib.util.find_spec("psycopg") is None:
        yield Check("postgresql", "failed", shown, "its driver is missing: pip install 'meguri[server,postgres]'")
        return
    import psycopg

    try:
        with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=5) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        yield Check("postgresql", "failed", f"{shown} does not answer", redact(reason))
        return
    advice = "" if version >= 14 else "meguri needs PostgreSQL 14 or later"
    yield Check("postgresql", "ok" if not advice else "failed", f"{shown}, version {version}", advice)


def _server(settings: Settings) -> Iterator[Check]:
    owner = find_owner(settings.home / LOCK)
    if owner is None:
        yield Check("server", "ok", "none runs on this home (start one with `meguri server`)")
        yield from _port(settings)
        return
    if not owner.url:
        yield Check("server", "failed", f"process {owner.pid or '(unknown)'} owns the home and does not listen", "wait for it, or stop it")
        return
    try:
        with connect(home=settings.home) as client:
            yield from _running(client, owner.url)
    except MeguriError as error:
        yield Check("server", "failed", f"{owner.url} does not answer", error.message)


def _running(client: Client, url: str) -> Iterator[Check]:
    answer = client.connection.send("GET", "/ready")
    ready = answer.json()
    installed = importlib.metadata.version("meguri")
    advice = "" if ready["version"] == installed else f"this install has version {installed}: start the server again"
    yield Check("server", "warning" if advice else "ok", f"{url}, version {ready['version']}", advice)
    for part in ready["parts"]:
        yield Check(part["name"], "ok" if part["ready"] else "failed", "works" if part["ready"] else "does not work", part["detail"])
    difference = abs((parsedate_to_datetime(answer.headers["date"]) - datetime.now(UTC)).total_seconds())
    if difference > CLOCK_SECONDS:
        yield Check("clock", "failed", f"the server's differs by {difference:.0f} s", "set both by NTP")
    for each in client.get("/api/v1/deliveries/failed")["items"]:
        found = f"event {each['sequence']} ({each['kind']}) of {each['project']} to {each['consumer']}: {each['error']}"
        yield Check("delivery", "failed", found, f"remove the cause, then `meguri events retry {each['sequence']}`")


def _port(settings: Settings) -> Iterator[Check]:
    """Whether a server could listen. An address that is in use belongs to another program: the home has no owner."""
    if not settings.port:
        return
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            advice = "choose another with --port, or stop what uses it"
            yield Check("port", "warning", f"{settings.host}:{settings.port} cannot be listened on ({error.strerror})", advice)
            return
    yield Check("port", "ok", f"{settings.host}:{settings.port} is free")
