"""Wrong commands: exit status 1, one line that says what, which one and what to do, nothing on stdout, no traceback, nothing changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from meguri.cli.main import main
from tests.integration.errors.conftest import FOLDER, Office

HEADER = "at,building,hour,temperature,load"
GOOD = "2025-03-01T05:00:00Z,north,5,12.5,60"

COMMANDS: dict[str, tuple[str, list[str]]] = {
    "unknown run": ("runs run_x", ["no run 'run_x'", "`meguri runs`"]),
    "unknown project": ("runs --project nope", ["no project 'nope': you may see office"]),
    "history of an unknown project": ("loop history -p nope", ["no project 'nope'"]),
    "unknown model": ("models nope", ["no model 'nope'", "project 'office' has load"]),
    "unknown version": ("models load --alias champion mv_x", ["no model version 'mv_x'"]),
    "unknown pipeline": ("pipelines run nope", ["no pipeline 'nope': the project declares retrain"]),
    "parameter without a value": ("pipelines run retrain --set depth", ["--set: 'depth' has no '=': write NAME=VALUE"]),
    "unknown pipeline run": ("pipelines runs prun_x", ["no pipeline run 'prun_x'"]),
    "unknown endpoint": ("endpoints deploy nope mv_x", ["no endpoint 'nope'"]),
    "unknown version to deploy": ("endpoints deploy load mv_x", ["no model version 'mv_x'"]),
    "unknown monitor": ("monitors nope", ["no monitor 'nope'", "`meguri monitors --project office`"]),
    "unknown dataset": ("datasets nope", ["no dataset 'nope'"]),
    "unknown node": ("lineage mv_x", ["no model version 'mv_x': it has no lineage"]),
    "id of no kind": ("lineage x", ["'x' has no known prefix: write it as kind:id"]),
    "unknown source": ("sources push nope --csv {good}", ["no source 'nope': project office declares meter"]),
    "no such file": ("sources push meter --csv {folder}/no.csv", ["no.csv: cannot be read", "give the path of a CSV file"]),
    "missing column": (
        "sources push meter --csv {missing}",
        ["column 'load' is missing; the file has at, building", "--column load=HEADER"],
    ),
    "bad cell": ("sources push meter --csv {cell}", ["line 3: column 'load' holds 'x', which is no float: correct the cell"]),
    "time without zone": ("sources push meter --csv {zone}", ["line 2", "has no time zone: say which with --zone"]),
    "unknown zone": ("sources push meter --csv {good} --zone Mars", ["--zone: 'Mars' is no time zone", "Asia/Tokyo"]),
    "unknown column": ("sources push meter --csv {good} --constant x=1", ["source meter has no column 'x': it has building, at, hour"]),
    "nothing in the span": ("sources push meter --csv {good} --until 2020-01-01", ["has no rows to send"]),
    "labels without ids": ("labels load --csv {good}", ["column 'prediction_id' is missing", "--id HEADER"]),
    "label that is no number": ("labels load --csv {labels}", ["line 2: column 'value' holds 'x', which is no float"]),
    "advance to no time": ("watermark advance --until soon", ["--until: 'soon' is not a time"]),
    "advance into the future": ("watermark advance --until 2999-01-01", ["is in the future", "send a time that has come"]),
    "folder that is none": ("apply {folder}/nope", ["is not a folder: give the one that holds"]),
    "folder without Python": ("apply {empty}", ["has no Python file: give the folder that declares mg.Project"]),
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    (folder / "empty").mkdir()
    texts = {
        "good": f"{HEADER}\n{GOOD}\n",
        "missing": "at,building,hour,temperature\n2025-03-01T05:00:00Z,north,5,12.5\n",
        "cell": f"{HEADER}\n{GOOD}\n{GOOD.replace('60', 'x')}\n",
        "zone": f"{HEADER}\n{GOOD.replace('Z', '')}\n",
        "labels": "prediction_id,value\np1,x\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text)
    return {"folder": folder, "empty": folder / "empty", **{name: folder / f"{name}.csv" for name in texts}}


@pytest.mark.parametrize(("command", "says"), COMMANDS.values(), ids=COMMANDS)
def test_a_wrong_command_says_what_which_and_what_next_in_one_line(
    office: Office, places: dict[str, Path], capfd: pytest.CaptureFixture[str], command: str, says: list[str]
) -> None:
    before = office.census()
    capfd.readouterr()
    status = main([*command.format(**places).split(" "), "--home", str(office.server.home)])
    out, err = capfd.readouterr()
    assert (status, out, [words for words in says if words not in err]) == (1, "", []), err
    assert err.startswith("meguri: ") and err.count("\n") == 1
    assert office.census() == before


MISTAKES: dict[str, tuple[str, str, list[str]]] = {
    "syntax": ("INPUTS = [", "INPUTS = [[", ["loop.py:"]),
    "unknown name": ("mg.mean(", "mg.median(", ["loop.py:11", "median"]),
    "no type": ('"hour": int', '"hour": list', ["loop.py:10", "column hour: 'list' is no type for a column: use int, float"]),
    "duration": ('window="7d")})', 'window="7 days")})', ["loop.py:11", "'7 days' is not a duration"]),
    "name": ('mg.Endpoint("load"', 'mg.Endpoint("Load it"', ["loop.py:", "'Load it' is no name for it"]),
    "clock": ('clock="event"', 'clock="sun"', ["loop.py:8", "'sun' is no clock"]),
    "leak": ('known_after="1h", ', "", ["takes the label 'load' as known at the moment of its event: say when labels are known"]),
    "unknown column": ('request=["hour", "temperature"]', 'request=["hour", "rain"]', ["source 'meter' has no column 'rain'"]),
    "no project": ("project = mg.Project", "project = dict", ["no project: add mg.Project"]),
    "another type of a column": ('"load": float', '"load": int', ["load", "float", "int"]),
}


@pytest.mark.parametrize(("old", "new", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_folder_with_a_mistake_is_refused_with_file_and_line(
    office: Office, tmp_path: Path, capfd: pytest.CaptureFixture[str], old: str, new: str, says: list[str]
) -> None:
    before, text = office.census(), (FOLDER / "loop.py").read_text()
    assert old in text
    text = text.replace(old, new).replace('dict("office", clock="event")', "None")
    (tmp_path / "loop.py").write_text(text)
    capfd.readouterr()
    status = main(["apply", str(tmp_path), "--yes", "--home", str(office.server.home)])
    err = capfd.readouterr().err
    assert (status, [words for words in says if words not in err]) == (1, []), err
    assert err.startswith("meguri: ") and err.count("\n") == 1 and "Traceback" not in err
    assert office.census() == before


def run(*words: str) -> tuple[int, str, str]:
    """As a process of its own."""
    command = [sys.executable, "-c", "import sys; from meguri.cli.main import main; sys.exit(main())", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout, done.stderr


def test_what_needs_a_server_says_how_to_start_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    said = f"meguri: server is unavailable: none runs on home {home}: start one with `meguri server --home {home}`\n"
    assert run("watermark", "advance", "--until", "2025-01-01", "--home", str(home)) == (1, "", said)
    assert not home.exists()


def test_an_endpoint_that_was_never_deployed_is_not_served(tmp_path: Path) -> None:
    said = f"meguri: no endpoint 'nope': deployed in {tmp_path} are none: deploy a version to the endpoint first\n"
    assert run("endpoints", "serve", "nope", "--home", str(tmp_path)) == (1, "", said)
