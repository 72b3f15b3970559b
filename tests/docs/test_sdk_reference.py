"""Every public name documents its parameters, result and errors, and its example runs."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import meguri
from tools.sdk_reference import GROUPS, anchor, docstring_of, grouped_methods, methods, parse

NAMES = sorted(meguri.__all__)
METHODS = [*methods(meguri.Run), *methods(meguri.Client), *grouped_methods()]


def test_the_page_has_every_public_name_once() -> None:
    assert sorted(name for names in GROUPS.values() for name in names) == NAMES
    assert len({anchor(name) for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_docstring_names_parameters_result_errors_and_an_example(name: str) -> None:
    found = getattr(meguri, name)
    parsed = parse(docstring_of(found))
    assert list(parsed.args) == [each for each in inspect.signature(found).parameters if each != "self"]
    assert parsed.text and parsed.raises and parsed.example
    assert bool(parsed.returns) == (not inspect.isclass(found))


@pytest.mark.parametrize(("name", "method"), METHODS, ids=[name for name, _ in METHODS])
def test_method_has_a_docstring(name: str, method: object) -> None:
    assert parse(docstring_of(method)).text


def test_examples_run(tmp_path: Path) -> None:
    """Each is a module of its own, because a step stands at the top of its module; all use one home directory."""
    for number, name in enumerate(NAMES):
        example = parse(docstring_of(getattr(meguri, name))).example
        (tmp_path / f"example_{number}.py").write_text(f"import meguri as mg\n\n{example}\n")
    (tmp_path / "examples.py").write_text("".join(f"import example_{number}\n" for number in range(len(NAMES))))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MEGURI_")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-W", "error", "examples.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
