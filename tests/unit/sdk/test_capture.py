from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from meguri.sdk.capture import command, git_state, packages, run_environment

WHO = ["-c", "user.name=a", "-c", "user.email=a@example.org"]


def git(folder: Path, *arguments: str) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env=environment)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    (folder / "deep").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "train.py").write_text("lr = 1\n")
    (folder / ".env").write_text("KEY=1\n")
    (folder / "my_secrets.toml").write_text("a = 1\n")
    git(folder, "add", ".")
    git(folder, *WHO, "commit", "-q", "-m", "first")
    return folder


def test_clean_repository_has_a_commit_and_no_diff(repository: Path) -> None:
    state, diff = git_state(repository / "deep")
    assert state is not None and diff == ""
    assert (len(state["commit"]), state["branch"], state["is_dirty"], state["folder"]) == (40, "main", False, "deep")
    assert (state["changed"], state["new"], state["remote"]) == ([], [], None)


def test_dirty_repository_has_a_diff_without_files_that_look_secret(repository: Path) -> None:
    (repository / "train.py").write_text("lr = 2\n")
    (repository / ".env").write_text("KEY=hunter2\n")
    (repository / "my_secrets.toml").write_text("a = 'hunter2'\n")
    (repository / "new.py").write_text("")
    (repository / "new.pem").write_text("")
    state, diff = git_state(repository)
    assert state is not None and state["is_dirty"]
    assert (state["changed"], state["new"]) == (["train.py"], ["new.py"])
    assert "+lr = 2" in diff and "hunter2" not in diff and ".env" not in diff


def test_secrets_in_the_diff_are_hidden_and_the_code_stays(repository: Path) -> None:
    (repository / "train.py").write_text("lr = 2\nDSN = 'postgresql://me:hunter2@db/m'\nAPI_TOKEN = 'hunter2'\ntoken = read_token()\n")
    _, diff = git_state(repository)
    assert "hunter2" not in diff
    assert "+DSN = 'postgresql://db/m'\n" in diff and "+token = read_token()\n" in diff and "+lr = 2\n" in diff


def test_password_in_the_remote_is_left_out(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://me:hunter2@example.org/a.git")
    state, _ = git_state(repository)
    assert state is not None and state["remote"] == "https://example.org/a.git"


def test_repository_without_a_commit_has_the_diff_of_what_was_added(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a.py").write_text("a = 1\n")
    git(tmp_path, "add", "a.py")
    state, diff = git_state(tmp_path)
    assert state is not None and state["commit"] is None
    assert "+a = 1" in diff


def test_program_that_a_repository_names_for_diffs_is_not_run(repository: Path) -> None:
    mark = repository / "was-run"
    for setting in ("diff.external", "core.fsmonitor"):
        git(repository, "config", setting, f"touch {mark}")
    (repository / "train.py").write_text("lr = 2\n")
    _, diff = git_state(repository)
    assert "+lr = 2" in diff and not mark.exists()


def test_without_git_there_is_no_git_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert git_state(tmp_path) == (None, "")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = run_environment(tmp_path)
    assert "git" not in found.values and "code/diff.patch" not in found.texts
    assert found.values["python"]["version"] == ".".join(map(str, sys.version_info[:3]))


def test_environment_variables_are_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "hunter2")
    found = run_environment(tmp_path)
    assert "hunter2" not in repr(found) and "SOME_API_KEY" not in repr(found)


def test_packages_are_named_with_versions_in_order() -> None:
    names = [line.partition("==")[0] for line in packages().splitlines()]
    assert names == sorted(names) and "msgspec" in names


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (["train.py", "--lr", "0.1"], ["train.py", "--lr", "0.1"]),
        (["--api-key", "hunter2", "--lr"], ["--api-key", "[hidden]", "--lr"]),
        (["--password=hunter2"], ["--password=[hidden]"]),
        (["HF_TOKEN=hunter2"], ["HF_TOKEN=[hidden]"]),
        (["--token", "--lr=1"], ["--token", "--lr=1"]),
        (["--max-tokens=5", "--tokenizer", "bpe"], ["--max-tokens=5", "--tokenizer", "bpe"]),
        (["https://me:hunter2@example.org/x?y=1"], ["https://example.org/x?y=1"]),
    ],
)
def test_command_line_hides_what_looks_secret(given: list[str], shown: list[str]) -> None:
    assert command(given) == shown
