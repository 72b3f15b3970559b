"""`meguri doctor`: what is wrong here, and what to do."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from meguri.cli.command import Commands, add_command, settings_of
from meguri.core.errors import MeguriError

LOW_SPACE_GIB = 1.0


def add(commands: Commands) -> None:
    parser = add_command(commands, "doctor", "check this install, the home and the server", run)
    parser.add_argument("--home", type=Path, help="home folder (default MEGURI_HOME or .meguri)")


def run(args: argparse.Namespace) -> int:
    home = settings_of(args).home
    wrong = 0
    for name, answer, advice in (*_install(), *_home(home), *_server(home)):
        print(f"{'ok  ' if advice == '' else 'FAIL'}  {name:12} {answer}" + (f": {advice}" if advice else ""))
        wrong += advice != ""
    return 1 if wrong else 0


def _install() -> Iterator[tuple[str, str, str]]:
    yield "python", sys.version.split()[0], "" if sys.version_info >= (3, 11) else "meguri needs Python 3.11 or newer"
    missing = [
        name
        for name in ("sqlalchemy", "dbos", "starlette", "polars", "deltalake", "lmdb", "onnxruntime")
        if not importlib.util.find_spec(name)
    ]
    yield "install", "server" if not missing else f"client only ({', '.join(missing)} missing)", ""


def _home(home: Path) -> Iterator[tuple[str, str, str]]:
    if not home.exists():
        yield "home", f"{home} does not exist yet", ""
        return
    writable = os.access(home, os.W_OK | os.X_OK)
    yield "home", str(home), "" if writable else "it cannot be written: check its owner and mode"
    token = home / "token"
    if token.exists():
        mode = token.stat().st_mode & 0o777
        yield "token", f"mode {mode:o}", "" if mode == 0o600 else f"others can read it: chmod 600 {token}"
    free = shutil.disk_usage(home).free / 2**30
    yield "disk", f"{free:.1f} GiB free", "" if free >= LOW_SPACE_GIB else "almost full: free some space"


def _server(home: Path) -> Iterator[tuple[str, str, str]]:
    from meguri.sdk.client import connect
    from meguri.sdk.transport import Target, find_server

    if find_server(Target.read(home=home)) is None:
        yield "server", "none runs on this home (start one with `meguri server`)", ""
        return
    try:
        with connect(home=home) as client:
            health = client.get("/health")
    except MeguriError as error:
        yield "server", "does not answer", error.message
        return
    yield "server", f"version {health['version']}, database {health['database']}", "" if health["status"] == "ok" else health["status"]
    failed = health["failed_deliveries"]
    yield (
        "events",
        f"{failed} failed deliveries",
        "" if failed == 0 else "see the server's log; `meguri loop history --all` shows the events",
    )
