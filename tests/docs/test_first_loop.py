"""The tutorial works as it is written, and its loop retrains and recovers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from meguri.sdk.client import connect
from tests.docs.following import DOCS, Followed, followed, run


@pytest.fixture(scope="module")
def first_loop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    with followed(DOCS / "tutorials/first-loop.md", tmp_path_factory.mktemp("tutorial")) as done:
        yield done


def test_every_command_prints_what_the_page_announces(first_loop: Followed) -> None:
    out = "\n".join(first_loop.output.values())
    for words in ("+ endpoint load", "2,160 accepted", "challenger load 1 promoted", "endpoint load now serves load 1", "1 label sent"):
        assert words in out, words


def test_the_loop_of_the_page_notices_the_change_and_recovers(first_loop: Followed) -> None:
    days = next(text for block, text in first_loop.output.items() if "days.py" in block)
    error = {day: float(value) for day, value in re.findall(r"(\d{4}-\d\d-\d\d) mean error +([\d.]+)", days)}
    before = sum(error[f"2025-04-{day}"] for day in range(10, 24)) / 14
    assert error["2025-04-27"] > 3 * before
    assert "accuracy lost, says load-quality" in days and "retraining: trigger lost-accuracy" in days
    last = [error[f"2025-05-{day}"] for day in range(19, 26)]
    assert sum(last) / len(last) < 2 * before
    with connect(home=first_loop.folder / ".meguri") as client:
        assert client.project("office").monitors.get("load-quality")["state"] == "ok"
        assert client.get("/api/v1/projects/office/endpoints/load/quality")["coverage"]["pending"] == 0


def test_a_step_runs_in_a_notebook_as_its_page_describes(first_loop: Followed) -> None:
    """On the home directory of the tutorial."""
    code = re.findall(r"```python\n(.*?)```", (DOCS / "howto/step-in-a-notebook.md").read_text(), re.DOTALL)
    printed = run(first_loop.folder, f"python - <<'END'\n{code[0]}\nEND\n")
    assert printed.startswith("('hour', 'weekday', 'temperature', 'load_yesterday', 'load_week') 0.9")
