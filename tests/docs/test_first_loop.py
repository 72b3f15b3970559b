"""The tutorial works as it is written: its files are saved, its commands run in order, and its loop closes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from meguri.sdk.client import connect
from meguri.testing.server import running_server

PAGE = Path(__file__).parents[2] / "docs/tutorials/first-loop.md"
BLOCK = re.compile(r"```(python|sh)\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Walked:
    """A folder in which the page was followed from top to bottom. `said`: what the last command of each block printed, by its text."""

    folder: Path
    said: dict[str, str]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    folder = tmp_path_factory.mktemp("tutorial")
    said: dict[str, str] = {}
    with running_server(folder / ".meguri"):
        for language, text in BLOCK.findall(PAGE.read_text()):
            if language == "python":
                file = folder / text.splitlines()[0].removeprefix("# ")
                file.parent.mkdir(exist_ok=True)
                file.write_text(text)
            elif text.strip() != "meguri server" and ("curl" not in text or shutil.which("curl")):
                said[text] = run(folder, text)
        yield Walked(folder, said)


def run(folder: Path, commands: str) -> str:
    program = f"meguri() {{ {sys.executable} -c 'import sys; from meguri.cli.main import main; sys.exit(main())' \"$@\"; }}\n"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MEGURI_")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", program + commands],
        cwd=folder, env={**clean, "PATH": path}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_command_of_the_page_says_what_the_page_says(walked: Walked) -> None:
    out = "\n".join(walked.said.values())
    for words in ("+ endpoint load", "2,160 accepted", "challenger load 1 promoted", "endpoint load now serves load 1", "1 labels sent"):
        assert words in out, words


def test_the_loop_of_the_page_sees_the_change_and_comes_back(walked: Walked) -> None:
    days = next(text for block, text in walked.said.items() if "days.py" in block)
    error = {day: float(value) for day, value in re.findall(r"(\d{4}-\d\d-\d\d) mean error +([\d.]+)", days)}
    before = sum(error[f"2025-04-{day}"] for day in range(10, 24)) / 14
    assert error["2025-04-27"] > 3 * before
    assert "accuracy lost, says load-quality" in days and "retraining: trigger lost-accuracy" in days
    last = [error[f"2025-05-{day}"] for day in range(19, 26)]
    assert sum(last) / len(last) < 2 * before
    with connect(home=walked.folder / ".meguri") as client:
        assert client.monitors.get("load-quality", project="office")["state"] == "ok"
        assert client.get("/api/v1/endpoints/load/quality")["coverage"]["pending"] == 0


def test_a_step_runs_in_a_notebook_as_the_page_says(walked: Walked) -> None:
    """On the home of the tutorial, as that page says."""
    code = re.findall(r"```python\n(.*?)```", (PAGE.parents[1] / "howto/step-in-a-notebook.md").read_text(), re.DOTALL)
    said = run(walked.folder, f"python - <<'END'\n{code[0]}\nEND\n")
    assert said.startswith("('hour', 'weekday', 'temperature', 'load_yesterday', 'load_week') 0.9")
