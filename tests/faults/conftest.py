"""A home with a model in service, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from meguri.testing.server import RunningServer, running_server
from tests.faults.player import prepare


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kiosk on the day before its stream: rows pushed, the first model trained, judged and in service. Its server has stopped."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    with running_server(home) as server:
        prepare(server.url, server.token, home.parent)
    return home


@pytest.fixture
def prepared_copy(prepared: Path) -> Callable[[Path], Path]:
    """Makes a copy of the prepared home, with the account of what was acknowledged beside it."""

    def copy(target: Path) -> Path:
        shutil.copy(prepared.parent / "account.jsonl", target.parent)
        return Path(shutil.copytree(prepared, target, dirs_exist_ok=True))

    return copy


@pytest.fixture
def home(prepared_copy: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A home with a model in service, and no server yet."""
    return prepared_copy(tmp_path / "home")


@pytest.fixture
def server(home: Path) -> Iterator[RunningServer]:
    """A server on a home with a model in service."""
    with running_server(home) as running:
        yield running
