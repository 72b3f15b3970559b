"""What people do with the pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from meguri.sdk.client import connect
from meguri.testing.server import RunningServer, start_server
from tests.e2e.conftest import Opened, add_points, signed_in, start_run
from tests.e2e.places import address_of


def points_shown(page: Page) -> int:
    return int(page.locator("[data-points]").first.get_attribute("data-points") or 0)


def test_from_home_over_a_live_run_and_the_model_back_to_the_snapshot(opened: Opened) -> None:
    site, page = opened.site, opened.page
    run = start_run(site.client, site.project, "live one")
    add_points(site.client, run, 0, 50)
    opened.go()
    expect(page.get_by_role("group", name="The loop").get_by_role("link", name=re.compile("^Gate"))).to_be_visible()
    page.get_by_role("link", name="Experiments").click()
    page.get_by_role("link", name="live one").click()
    page.get_by_role("link", name="Charts").click()
    expect(page.get_by_role("figure", name="loss")).to_be_visible()
    expect(page.locator("[data-points]").first).to_have_attribute("data-points", "50")
    add_points(site.client, run, 50, 50)
    expect(page.locator("[data-points]").first).to_have_attribute("data-points", "100", timeout=8_000)  # by itself
    site.client.patch(f"/api/v1/runs/{run}", {"status": "finished"})
    expect(page.locator("main .state").first).to_have_text("Finished", timeout=8_000)

    page.get_by_role("link", name="Models").click()
    page.get_by_role("row", name=re.compile("pond")).first.get_by_role("link", name=re.compile(r"pond v\d+")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"pond v\d+"))
    page.get_by_role("main").get_by_role("link", name="Lineage").click()
    page.locator(".react-flow__node", has_text="snapshot").first.click()
    page.get_by_role("link", name="Open page").click()
    expect(page).to_have_url(re.compile("/snapshots/snap_"))
    expect(page.get_by_role("row", name=re.compile("^load"))).to_be_visible()


def test_history_and_ring_change_by_themselves(opened: Opened) -> None:
    site, page = opened.site, opened.go()
    page.locator(".history li").first.wait_for()
    started = site.client.post(f"/api/v1/projects/{site.project}/pipelines/retrain/runs", {})
    expect(page.locator(".arrow.lit").first).to_be_attached(timeout=15_000)
    link = page.locator(f".history a[href$='{started['id']}']")
    expect(link.first).to_be_visible(timeout=15_000)
    expect(page.locator(".history")).to_contain_text("Manual started retrain")


def test_a_paused_page_stands_still_and_catches_up(opened: Opened) -> None:
    site, page = opened.site, opened.go("/experiments")
    page.get_by_title("Pause live updates").click()
    expect(page.get_by_title("Resume live updates")).to_be_visible()
    run = start_run(site.client, site.project, "while you were away")
    page.wait_for_timeout(2_500)
    expect(page.get_by_role("link", name="while you were away")).to_have_count(0)
    page.get_by_title("Resume live updates").click()
    expect(page.get_by_role("link", name="while you were away")).to_be_visible()
    site.client.patch(f"/api/v1/runs/{run}", {"status": "killed"})


def test_a_link_holds_filter_order_and_selection(opened: Opened) -> None:
    page = opened.go("/experiments")
    page.get_by_label("Status").select_option("finished")
    page.get_by_role("button", name="Name").click()
    page.get_by_role("button", name="Name").click()
    page.get_by_role("row", name=re.compile("baseline")).click(position={"x": 400, "y": 10})
    expect(page).to_have_url(re.compile(r"status=finished.*sort=name.*run=run_"))
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_label("Status")).to_have_value("finished")
    expect(page.get_by_role("columnheader", name="Name", exact=True)).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("complementary").get_by_role("link", name="baseline")).to_be_visible()


def test_keys_walk_the_rows(opened: Opened) -> None:
    page = opened.go("/experiments")
    table = page.get_by_role("region", name="Runs")
    table.get_by_role("row").nth(2).wait_for()
    table.focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(table.locator("tr[aria-current=true]")).to_have_attribute("aria-rowindex", "3")
    page.keyboard.press("k")
    expect(table.locator("tr[aria-current=true]")).to_have_attribute("aria-rowindex", "2")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/runs/run_"))


def test_search_finds_pages_things_and_ids(opened: Opened) -> None:
    page = opened.go()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search and commands").fill("pond-drift")
    expect(page.locator(".palette [role=option]").first).to_contain_text("pond-drift")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/monitoring.*monitor=pond-drift"))
    version = address_of(opened.site, "version").rpartition("/")[2]
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search and commands").fill(version)
    expect(page.locator(".palette [role=option]").first).to_contain_text("mv_")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/lineage/model_version/{version}"))


def test_language_and_theme_are_kept(opened: Opened) -> None:
    page = opened.go("/models")
    page.get_by_role("button", name="日本語").click()
    expect(page.get_by_role("link", name="モデル", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "ja"
    page.get_by_role("button", name="ダークモードに切り替え").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("heading", name="モデル", exact=True)).to_be_visible()


def test_a_row_can_be_tried_by_hand_and_is_explained(opened: Opened) -> None:
    page = opened.go("/endpoints/pond?tab=try")
    page.get_by_label("site").fill("north")
    page.get_by_label("noon").fill("0.5")
    page.get_by_label("evening").fill("-0.5")
    page.get_by_label("event_time").fill("2024-03-20T10:00:00Z")
    page.get_by_role("button", name="Predict", exact=True).click()
    page.get_by_role("link", name=re.compile("^try-")).click()
    expect(page.get_by_role("heading", name="Looked up by the server")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("load_lately")
    expect(page.get_by_role("main")).to_contain_text("not yet")
    expect(page.locator(".react-flow__node", has_text="snapshot").first).to_be_visible()


def test_a_refused_request_says_what_to_change(opened: Opened) -> None:
    opened.watch.allowed = ("status of 4",)
    page = opened.go("/endpoints/pond?tab=try")
    page.get_by_label("event_time").fill("yesterday")
    page.get_by_role("button", name="Predict", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("yesterday")


def test_a_missing_thing_says_what_to_do(opened: Opened) -> None:
    opened.watch.allowed = ("status of 404",)
    page = opened.go("/model-versions/mv_00000000000000000000000000")
    expect(page.get_by_role("alert")).to_contain_text("Not found")
    expect(page.get_by_role("alert")).to_contain_text("no model version")


def test_without_a_server_a_page_says_so_and_comes_back(opened: Opened) -> None:
    opened.watch.allowed = ("ERR_FAILED", "net::")
    page = opened.go()
    page.route("**/api/v1/projects/*/models*", lambda route: route.abort())
    page.get_by_role("link", name="Models").click()
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer", timeout=20_000)
    page.unroute("**/api/v1/projects/*/models*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="pond", exact=True).first).to_be_visible()


def test_a_chart_has_its_numbers_behind_it(opened: Opened) -> None:
    page = opened.go("/monitoring")
    figure = page.get_by_role("figure", name="Realised error")
    figure.get_by_role("button", name="Realised error: Show the numbers as a table").click()
    expect(figure.get_by_role("columnheader").first).to_have_text("event day")
    assert figure.get_by_role("row").count() > 10
    with page.expect_download() as download:
        figure.get_by_role("button", name="Realised error: CSV").click()
    assert download.value.path().read_text().startswith("event day,")


def test_monitoring_shows_what_the_loop_did(opened: Opened) -> None:
    page = opened.go("/monitoring")
    expect(page.get_by_role("region", name="Monitors").get_by_role("row", name=re.compile("pond-quality"))).to_be_visible()
    expect(page.get_by_role("figure", name="Drift by feature")).to_be_visible()
    page.get_by_role("button", name="load_lately").click()
    expect(page.get_by_role("figure", name="Drift of load_lately")).to_be_visible()
    expect(page).to_have_url(re.compile("column=load_lately"))
    expect(page.get_by_role("heading", name="Alerts")).to_be_visible()


def test_a_page_comes_back_after_the_server_was_killed(pages: Path, server: RunningServer, browser: Browser) -> None:
    with connect(url=server.url, token=server.token) as client:
        start_run(client, "notebook", "before")
    context = browser.new_context(storage_state=signed_in(browser, server), locale="en-GB")  # type: ignore[arg-type] # a state as Playwright gave it
    page = context.new_page()
    page.goto(f"{server.url}/p/notebook/experiments")
    expect(page.get_by_role("button", name="Live")).to_be_visible()
    server.kill()
    expect(page.get_by_role("button", name="Reconnecting")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("link", name="before")).to_be_visible()
    again = start_server(server.home, port=int(server.url.rpartition(":")[2]))
    try:
        with connect(url=again.url, token=again.token) as client:
            start_run(client, "notebook", "after")
        expect(page.get_by_role("link", name="after")).to_be_visible(timeout=40_000)
        expect(page.get_by_role("button", name="Live")).to_be_visible()
    finally:
        context.close()
        again.stop()


@pytest.mark.parametrize("path", ["", "/experiments", "/data", "/pipelines", "/models", "/endpoints", "/monitoring"])
def test_an_empty_page_teaches(opened_empty: Opened, path: str) -> None:
    page = opened_empty.go(path)
    if path == "/experiments":
        expect(page.get_by_role("link", name="first try")).to_be_visible()
    else:
        expect(page.locator(".code pre").first).to_contain_text(re.compile("mg\\.|meguri"))


def test_a_new_installation_shows_the_ring_and_the_next_step(opened_empty: Opened) -> None:
    page = opened_empty.go()
    ring = page.get_by_role("group", name="The loop")
    expect(ring.get_by_role("button")).to_have_count(7)
    ring.get_by_role("button", name=re.compile("^Monitor")).click()
    expect(page.locator(".steps .code pre")).to_contain_text("mg.Monitor(")
