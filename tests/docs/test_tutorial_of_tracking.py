"""The tutorial is a program: its blocks run in order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/tutorials/tracking.md"


def test_blocks_of_the_tutorial_run_in_order(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    (tmp_path / "tutorial.py").write_text("\n".join(blocks))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MEGURI_")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "tutorial.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "second try finished {'step': 0, 'value': 'NaN'" in done.stdout
    assert "SyncReport(sent=(), refused=(), waiting=())" in done.stdout
