"""Clients and parsers of others, each a program in the environment of requirements/integrations.txt, against our processes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from meguri.testing.require import missing
from tests.integration.serving.running import RunningEndpoint, make_home, running
from tests.unit.serving.examples import spec

PYTHON = Path(__file__).parents[2] / ".venv-integrations/bin/python"
CLIENTS = Path(__file__).parent / "clients"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.integrations)


@pytest.fixture(scope="package")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEndpoint]:
    """A process that serves the endpoint `bikes`."""
    home = tmp_path_factory.mktemp("integrations") / "home"
    make_home(home, spec())
    with running(home) as process:
        yield process


@pytest.fixture(scope="session")
def run() -> Callable[..., Any]:  # Any: JSON
    """Runs a program of `clients` with arguments and text on its standard input; returns the JSON that it prints."""

    if not PYTHON.is_file():
        missing("integrations", "there is no .venv-integrations: `make integrations-environment` makes it")

    def run_client(name: str, *arguments: str, text: str = "") -> Any:
        command = [str(PYTHON), str(CLIENTS / f"{name}.py"), *arguments]
        ended = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return run_client
