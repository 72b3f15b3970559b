"""What operators do in the pages: rolling back, choosing a champion, starting and cancelling pipelines, resolving alerts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import insert

from meguri.app.build import build
from meguri.core.settings import Settings
from meguri.monitoring.tables import alerts
from meguri.sdk.client import connect
from meguri.testing.server import running_server
from tests.e2e.conftest import Opened, Site, add_points, open_page, start_run


def versions_of(site: Site) -> dict[int, str]:
    """The ids of the model's versions by number."""
    found = site.client.get(f"/api/v1/projects/{site.project}/models/{site.project}/versions")["items"]
    return {each["number"]: each["id"] for each in found}


def confirm(page: Page, word: str) -> None:
    page.get_by_role("alertdialog").get_by_role("button", name=word, exact=True).click()
    expect(page.get_by_role("alertdialog")).to_have_count(0)


def test_a_roll_back_asks_first_and_serves_the_version_before(opened: Opened) -> None:
    site, page = opened.site, opened.go("/endpoints/pond?tab=deployments")
    served = site.client.get(f"/api/v1/projects/{site.project}/endpoints/pond")["version"]
    button = page.get_by_role("button", name="Roll back")
    button.click()
    page.get_by_role("alertdialog").get_by_role("button", name="Go back").click()
    expect(button).to_be_focused()
    assert site.client.get(f"/api/v1/projects/{site.project}/endpoints/pond")["version"] == served
    button.click()
    confirm(page, "Roll back")
    table = page.get_by_role("region", name="Deployments")
    expect(table.get_by_role("row", name=re.compile("Rolled back"))).to_be_visible(timeout=20_000)
    expect(table.get_by_role("row").nth(1)).to_contain_text(re.compile("Live.*pond v1"), timeout=30_000)


def test_a_version_is_made_champion_and_served(opened: Opened) -> None:
    site = opened.site
    version = versions_of(site)[2]
    page = opened.go(f"/model-versions/{version}")
    page.get_by_role("button", name="Make champion").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("without passing the gate")
    confirm(page, "Make champion")
    expect(page.locator(".tag", has_text="champion").first).to_be_visible()
    expect(page.get_by_role("button", name="Make champion")).to_have_count(0)
    page.goto(site.address("/endpoints/pond?tab=deployments"))
    first = page.get_by_role("region", name="Deployments").get_by_role("row").nth(1)
    expect(first).to_contain_text(re.compile("Live.*pond v2"), timeout=30_000)
    expect(first).to_contain_text("Manual")  # the code of the reason, in the reader's language
    page.get_by_role("button", name="日本語").click()
    expect(page.get_by_role("region", name="デプロイメント").get_by_role("row").nth(1)).to_contain_text("手動")


def test_a_pipeline_is_started_by_hand(opened: Opened) -> None:
    page = opened.go("/pipelines")
    page.get_by_role("button", name="Start").click()
    dialog = page.get_by_role("dialog", name="Start retrain")
    dialog.get_by_role("button", name="Start").click()
    expect(page).to_have_url(re.compile("/pipeline-runs/prun_"))
    expect(page.locator("main .state").first).to_have_text(re.compile("Queued|Running|Finished"))


def test_a_run_of_a_pipeline_is_cancelled_after_a_question(opened: Opened) -> None:
    site = opened.site
    address = f"/api/v1/projects/{site.project}/pipelines/retrain/runs"
    last = [site.client.post(address, {})["id"] for _ in range(25)][-1]  # one runs at a time, so the last one waits
    page = opened.go(f"/pipeline-runs/{last}")
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_role("alertdialog", name="Cancel retrain?")).to_be_visible()
    confirm(page, "Cancel the run")
    expect(page.locator("main .state").first).to_have_text("Cancelled", timeout=20_000)
    assert site.client.get(f"/api/v1/pipeline-runs/{last}")["status"] == "cancelled"


def test_a_value_that_is_no_number_is_shown_as_such(opened: Opened) -> None:
    site = opened.site
    run = start_run(site.client, site.project, "diverged")
    add_points(site.client, run, 0, 20)
    at = datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1_000_000
    site.client.post(
        f"/api/v1/runs/{run}/points",
        {"points": [["loss", 20, "NaN", int(at)], ["loss", 21, 0.5, int(at) + 1], ["gradient", 0, "Infinity", int(at)]]},
    )
    page = opened.go(f"/runs/{run}")
    expect(page.get_by_role("main")).to_contain_text("Infinity")
    page.get_by_role("link", name="Charts").click()
    figure = page.get_by_role("figure", name="loss")
    figure.get_by_role("button", name="loss: Show the numbers as a table").click()
    expect(figure.get_by_role("row").last).to_contain_text("0.5")
    expect(figure.get_by_role("row").nth(-2).get_by_role("cell").nth(1)).to_have_text("")  # a gap, not zero
    site.client.patch(f"/api/v1/runs/{run}", {"status": "finished"})


@pytest.fixture
def alarmed(browser: Browser, pages: Path, tmp_path: Path) -> Iterator[Opened]:
    """A project with an open alert, written into its home before a server opens it."""
    home = tmp_path / "home"
    platform = build(Settings(home=home))
    platform.tracking.create_experiment("pond", "default")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    row = {
        "id": "alr_00000000000000000000000001", "project": "pond", "monitor": "pond-quality", "endpoint": "ep_1", "signal": "quality",
        "version": "mv_1", "opened_day": 1, "told_day": 1, "opened_at": at, "resolved_at": None, "resolution": None,
        "evidence": {"rows": 96},
    }  # fmt: skip
    with platform.db.write() as tx:
        tx.execute(insert(alerts).values(row))
    platform.close()
    with running_server(home) as server, connect(url=server.url, token=server.token) as client:
        yield from open_page(browser, Site(server, client))


def test_an_alert_is_resolved(alarmed: Opened) -> None:
    page = alarmed.go("/monitoring")
    page.get_by_role("row", name=re.compile("pond-quality")).click(position={"x": 60, "y": 10})
    expect(page).to_have_url(re.compile("alert=alr_"))
    page.get_by_role("button", name="Resolve").click()
    confirm(page, "Resolve")
    expect(page.get_by_role("row", name=re.compile("pond-quality"))).to_contain_text("Resolved")
    assert alarmed.site.client.get("/api/v1/alerts/alr_00000000000000000000000001")["resolved_at"] is not None
