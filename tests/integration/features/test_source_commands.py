"""`meguri sources` in a home whose other project only logs runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import meguri as mg
from meguri.cli.main import main
from meguri.testing.server import running_server

FOLDER = Path(__file__).parent.parent / "errors" / "office"
ROWS = "at,building,hour,temperature,load\n2025-03-01T05:00:00Z,north,5,12.5,60\n"


def test_a_project_without_a_bundle_has_no_sources(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "meter.csv"
    file.write_text(ROWS)
    with running_server(tmp_path / "home") as server:
        home = ["--home", str(server.home)]
        assert main(["apply", str(FOLDER), "--yes", *home]) == 0
        mg.init("demo", url=server.url, token=server.token).finish()
        assert main(["sources", "push", "meter", "--csv", str(file), *home]) == 0
        capfd.readouterr()
        assert main(["sources", "list", "--json", *home]) == 0
        assert [(each["address"], each["rows"]) for each in json.loads(capfd.readouterr().out)] == [("office/meter", 1)]
        assert main(["sources", "list", "--project", "nope", *home]) == 1
        assert "no project 'nope'" in capfd.readouterr().err
