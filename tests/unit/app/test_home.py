"""A home is its owner's alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from meguri.app.home import Home, Ownership
from meguri.testing.server import RunningServer


def modes(home: Path) -> dict[str, int]:
    return {each.name: each.stat().st_mode & 0o777 for each in (home, *home.iterdir())}


def test_a_new_home_is_closed_to_other_users(tmp_path: Path) -> None:
    Ownership.take(tmp_path / "home").release()
    assert modes(tmp_path / "home") == {"home": 0o700, "owner.lock": 0o600, ".gitignore": 0o600}


def test_a_home_in_a_folder_that_was_there_is_closed_to_other_users_with_what_it_holds(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "blobs").mkdir(mode=0o755, parents=True)
    home.chmod(0o755)
    for name in ("meguri.db", "meguri.db-wal", "token"):
        (home / name).touch(0o644)
    Ownership.take(home).release()
    found = modes(home)
    assert {name: mode for name, mode in found.items() if mode & 0o077} == {}
    assert (found["home"], found["blobs"], found["meguri.db"]) == (0o700, 0o700, 0o600)


def test_everything_that_a_server_makes_is_closed_to_other_users(server: RunningServer) -> None:
    assert {name: oct(mode) for name, mode in modes(server.home).items() if mode & 0o077} == {}
    assert {"meguri.db", "series.db", "jobs.db", "token", "blobs"} <= modes(server.home).keys()


def test_git_does_not_see_a_home(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    Ownership.take(tmp_path / ".meguri").release()
    (Home(tmp_path / ".meguri").path / "token").write_text("secret")
    seen = subprocess.run([*git, "status", "--porcelain", "--untracked-files=all"], check=True, capture_output=True, text=True)
    assert seen.stdout == ""
