"""Follows a page from top to bottom: its Python blocks are saved as files, its shell blocks are run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from meguri.testing.require import missing
from meguri.testing.server import running_server

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"```(python|sh)\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Followed:
    """The folder in which a page was followed, with its server running. `output`: what each block of commands printed, by its text."""

    folder: Path
    output: dict[str, str]


@contextmanager
def followed(page: Path, folder: Path) -> Iterator[Followed]:
    """The first line of a Python block names its file (`# name.py`)."""
    output: dict[str, str] = {}
    with running_server(folder / ".meguri"):
        for language, text in BLOCK.findall(page.read_text()):
            if language == "python":
                file = folder / text.splitlines()[0].removeprefix("# ")
                file.parent.mkdir(exist_ok=True)
                file.write_text(text)
            elif text.strip() != "meguri server":
                if "curl" in text and shutil.which("curl") is None:
                    missing("curl", "curl was not found (on Debian: apt-get install curl)")
                output[text] = run(folder, text)
        yield Followed(folder, output)


def run(folder: Path, commands: str) -> str:
    """What commands print in a folder, with `meguri` and `python` of this environment; they must succeed."""
    program = f"meguri() {{ {sys.executable} -c 'import sys; from meguri.cli.main import main; sys.exit(main())' \"$@\"; }}\n"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MEGURI_")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", program + commands],
        cwd=folder, env={**clean, "PATH": path}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
    return done.stdout
