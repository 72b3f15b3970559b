"""Every page in both themes: accessible, without errors on the console, and pictured. The pages of a running loop are in Japanese, those of
a new project in English."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from meguri.testing.require import missing
from tests.e2e.conftest import AXE, SCREENS, Opened, Site, open_page
from tests.e2e.places import PAGES, TABS, address_of

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
"""What the other theme may break."""


def in_language(browser: Browser, site: Site, language: str) -> Iterator[Opened]:
    """One page for many tests: what it loaded once it need not load again."""
    for opened in open_page(browser, site):
        opened.page.add_init_script(f"localStorage.setItem('meguri', 'language={language}')")
        yield opened


@pytest.fixture(scope="module")
def full(browser: Browser, site: Site) -> Iterator[Opened]:
    yield from in_language(browser, site, "ja")


@pytest.fixture(scope="module")
def empty(browser: Browser, empty_site: Site) -> Iterator[Opened]:
    yield from in_language(browser, empty_site, "en")


@pytest.mark.parametrize("name", PAGES)
def test_page_of_a_running_loop(full: Opened, name: str) -> None:
    show(full, name, f"full-{name}")


@pytest.mark.parametrize("name", TABS)
def test_page_of_a_new_project(empty: Opened, name: str) -> None:
    show(empty, name, f"empty-{name}")


def show(opened: Opened, name: str, file: str) -> None:
    """Open a page; check it and save its picture in both themes."""
    opened.watch.faults.clear()
    opened.page.emulate_media(color_scheme="light")
    opened.go(address_of(opened.site, name))
    opened.wait_until_idle()
    picture(opened, f"{file}-light")
    violations = check(opened, RULES)
    opened.page.emulate_media(color_scheme="dark")
    expect(opened.page.locator("html")).to_have_attribute("data-theme", "dark")
    picture(opened, f"{file}-dark")
    assert violations + check(opened, COLOURS) == []
    assert opened.watch.faults == []


def picture(opened: Opened, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    opened.page.screenshot(path=SCREENS / f"{name}.png", animations="disabled", caret="hide")


def check(opened: Opened, only: dict[str, Any]) -> list[Any]:  # Any: JSON of axe
    """Violations of axe's rules, of any severity: rule, impact, and where."""
    if not AXE.is_file():
        missing("chromium", "axe-core is not installed (npm ci --ignore-scripts in web/)")
    if not opened.page.evaluate("'axe' in window"):
        opened.page.evaluate(AXE.read_text())  # evaluate, not a script element: our policy refuses those
    found = opened.page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(only)}}})")
    return [(each["id"], each["impact"], [node["target"] for node in each["nodes"]][:4]) for each in found["violations"]]


def test_narrow_screens_scroll_their_tables_and_not_the_page(full: Opened) -> None:
    page = full.page
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    wide = []
    for name in PAGES:
        full.go(address_of(full.site, name))
        full.wait_until_idle()
        if page.evaluate("(main => main.scrollWidth > main.clientWidth + 1)(document.querySelector('main'))"):
            wide.append(name)
        picture(full, f"narrow-{name}")
    assert wide == []
    expect(page.get_by_role("navigation", name="メインメニュー").get_by_role("link", name="モデル")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})


PANELS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "palette": ("/models", lambda page: page.keyboard.press("Control+k")),
    "person": ("/models", lambda page: page.get_by_role("button", name="Menu of admin").click()),
    "columns": ("/experiments", lambda page: page.get_by_role("button", name="Runs: Columns").click()),
    "roll-back": ("/endpoints/pond?tab=deployments", lambda page: page.get_by_role("button", name="Roll back").click()),
    "start": ("/pipelines", lambda page: page.get_by_role("button", name="Start").click()),
    "new-user": ("/admin?tab=users", lambda page: page.get_by_role("button", name="New user").click()),
    "evidence": ("", lambda page: page.get_by_role("button", name="Evidence").first.click()),
    "numbers": ("/monitoring", lambda page: page.get_by_role("button", name="Realised error: Show the numbers as a table").click()),
    "run": ("/experiments", lambda page: page.get_by_role("row", name="baseline").click(position={"x": 330, "y": 10})),
}
"""What opens over a page or beside it."""


@pytest.mark.parametrize("name", PANELS)
def test_open_panel(opened: Opened, name: str) -> None:
    path, act = PANELS[name]
    opened.page.emulate_media(color_scheme="light")
    opened.go(path)
    opened.wait_until_idle()
    act(opened.page)
    opened.page.wait_for_timeout(400)
    picture(opened, f"panel-{name}-light")
    violations = check(opened, RULES)
    opened.page.emulate_media(color_scheme="dark")
    picture(opened, f"panel-{name}-dark")
    assert violations + check(opened, COLOURS) == []
