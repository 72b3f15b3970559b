"""Ten thousand rows are as quick as ten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from meguri.app.build import build
from meguri.core.ids import RunId, new_id
from meguri.core.settings import Settings
from meguri.sdk.client import connect
from meguri.testing.server import running_server
from meguri.tracking import tables
from meguri.tracking.model import Run
from tests.e2e.conftest import Opened, Site, open_page

RUNS = 10_000


@pytest.fixture
def long_list(pages: Path, browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """A project with ten thousand runs, written into its home before a server opens it."""
    home = tmp_path / "home"
    _write_runs(home)
    with running_server(home) as server, connect(url=server.url, token=server.token) as client:
        yield from open_page(browser, Site(server, client, "long"))


def _write_runs(home: Path) -> None:
    platform = build(Settings(home=home))
    experiment = platform.tracking.create_experiment("long", "default")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with platform.db.write() as tx:
        for number in range(RUNS):
            at = start + timedelta(seconds=number)
            end = at + timedelta(seconds=5)
            run = Run(RunId(new_id("run")), "long", "default", f"run {number:05}", "run", "finished", at, at, end, None, {})
            tables.add_run(tx, run, experiment.id)
    platform.close()


def test_ten_thousand_runs_are_walked_page_by_page(long_list: Opened) -> None:
    page = long_list.go("/experiments?sort=name")
    table = page.get_by_role("region", name="Runs")
    expect(table.get_by_role("link", name="run 00000")).to_be_visible()
    assert table.locator("tbody tr.row").count() < 100
    table.focus()
    seen = 0
    for _ in range(400):
        seen = int(table.locator("tbody tr.row").last.get_attribute("aria-rowindex") or 0)
        if seen > RUNS:
            break
        table.evaluate("box => box.scrollTo(0, box.scrollHeight)")
        page.wait_for_timeout(40)
    assert seen == RUNS + 1
    expect(table.get_by_role("link", name="run 09999")).to_be_visible()
    assert table.locator("tbody tr.row").count() < 100
    page.get_by_role("button", name="Started").click()
    expect(table.get_by_role("link", name="run 09999")).to_be_visible()
