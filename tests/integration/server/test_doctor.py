"""`meguri doctor` names each thing that is wrong, and failed deliveries can be tried again."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from meguri.testing.server import RunningServer

PROGRAM = "import sys; from meguri.cli.main import main; sys.exit(main())"


def meguri(home: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    command = [sys.executable, "-c", PROGRAM, *arguments, "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment}, cwd=home.parent)
    return done.returncode, done.stdout, done.stderr


def doctor(home: Path, *arguments: str, **environment: str) -> tuple[int, list[dict[str, Any]]]:  # Any: JSON
    status, output, errors = meguri(home, "doctor", "--json", *arguments, **environment)
    assert errors == ""
    return status, json.loads(output)


def wrong(checks: list[dict[str, Any]]) -> dict[str, str]:  # Any: JSON
    return {each["name"]: each["found"] for each in checks if each["state"] == "failed"}


def fail_a_delivery(home: Path) -> int:
    """A delivery that failed, written as the server would have."""
    with sqlite3.connect(home / "meguri.db", timeout=30) as db:
        at = 1_700_000_000_000_000
        row = ("monitor.breached", "pond", "quality", "{}", at, "system")
        cursor = db.execute("INSERT INTO events (kind, project, subject, payload, at, actor) VALUES (?, ?, ?, ?, ?, ?)", row)
        sequence = cursor.lastrowid
        delivery = (sequence, "automation", "pond", "failed", 5, "KeyError: 'x'")
        db.execute("INSERT INTO deliveries (sequence, consumer, project, state, attempts, error) VALUES (?, ?, ?, ?, ?, ?)", delivery)
    db.close()
    assert sequence is not None
    return sequence


def test_a_server_that_works_is_all_ok_with_every_part_listed(server: RunningServer) -> None:
    status, checks = doctor(server.home)
    assert (status, wrong(checks)) == (0, {})
    assert {"python", "packages", "clock", "home", "disk", "server", "database", "storage", "jobs", "children"} <= {
        each["name"] for each in checks
    }
    packages = next(each["found"] for each in checks if each["name"] == "packages")
    assert "meguri 0." in packages and "sqlalchemy 2." in packages


def test_a_failed_delivery_is_named_with_its_remedy_which_works(server: RunningServer) -> None:
    sequence = fail_a_delivery(server.home)
    status, checks = doctor(server.home)
    assert status == 1
    assert wrong(checks) == {"delivery": f"event {sequence} (monitor.breached) of pond to automation: KeyError: 'x'"}
    advice = next(each["advice"] for each in checks if each["name"] == "delivery")
    assert f"meguri events retry {sequence}" in advice
    assert "automation" in meguri(server.home, "events", "failed")[1]
    status, output, errors = meguri(server.home, "events", "retry", str(sequence))
    assert (status, errors) == (0, "")
    assert output.startswith("1 deliveries are tried again")
    assert meguri(server.home, "events", "retry", str(sequence))[0] == 1, "it has not failed again: nothing listens to that project"
    assert doctor(server.home)[0] == 0


def test_modes_that_let_others_read_are_named(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    (home / "token").write_text("secret")
    (home / "token").chmod(0o644)
    status, checks = doctor(home)
    assert status == 1
    assert {each["found"] for each in checks if each["name"] == "modes"} == {
        f"{home} has mode 755", f"{home / 'token'} has mode 644",
    }  # fmt: skip
    assert "secret" not in json.dumps(checks)


def test_a_busy_port_and_a_database_that_does_not_answer_are_named_without_its_password(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        database = "postgresql+psycopg://me:hunter2@127.0.0.1:1/none"
        status, checks = doctor(tmp_path / "home", MEGURI_PORT=str(port), MEGURI_DATABASE=database)
    assert status == 1
    assert "hunter2" not in json.dumps(checks)
    assert wrong(checks) == {"postgresql": "postgresql+psycopg://127.0.0.1:1/none does not answer"}
    assert [each["state"] for each in checks if each["name"] == "port"] == ["warning"]


def test_the_lines_say_what_the_json_says(tmp_path: Path) -> None:
    status, output, _ = meguri(tmp_path / "home", "doctor", MEGURI_PORT="0")
    assert status == 0
    assert output.splitlines()[0].startswith("ok    python")


@pytest.mark.parametrize("group", ["failed", "retry"])
def test_without_a_server_the_deliveries_are_not_reached(tmp_path: Path, group: str) -> None:
    status, _, errors = meguri(tmp_path / "home", "events", group)
    assert (status, "none runs on home" in errors) == (1, True)
