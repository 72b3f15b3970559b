"""Every page in both themes and both languages: accessible, quiet, and pictured."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from meguri.testing.require import missing
from tests.e2e.conftest import AXE, SCREENS, Opened, Site, open_page
from tests.e2e.places import PAGES, TABS, address_of

LOOKS = (("light", "ja"), ("dark", "en"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def dressed(browser: Browser, site: Site, look: tuple[str, str]) -> Iterator[Opened]:
    """One page for many tests, in a theme and a language as a reader chose them: what it loaded once it need not load again."""
    theme, language = look
    for opened in open_page(browser, site):
        script = f"localStorage.setItem('meguri-theme', '{theme}'); localStorage.setItem('meguri', 'language={language}')"
        opened.page.add_init_script(script)
        yield opened


@pytest.fixture(scope="module", params=LOOKS, ids="-".join)
def full(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Opened]:
    yield from dressed(browser, site, request.param)


@pytest.fixture(scope="module", params=LOOKS, ids="-".join)
def empty(request: pytest.FixtureRequest, browser: Browser, empty_site: Site) -> Iterator[Opened]:
    yield from dressed(browser, empty_site, request.param)


def picture(opened: Opened, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    opened.page.screenshot(path=SCREENS / f"{name}.png", animations="disabled", caret="hide")


def check(opened: Opened) -> None:
    """Raises AssertionError with what axe found, of any severity."""
    if not AXE.is_file():
        missing("chromium", "axe-core is not installed (npm ci --ignore-scripts in web/)")
    opened.page.evaluate(AXE.read_text())  # evaluate, not a script element: our policy refuses those
    found = opened.page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})")
    wrong = [(each["id"], each["impact"], [node["target"] for node in each["nodes"]][:4]) for each in found["violations"]]
    assert wrong == [], json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("name", PAGES)
def test_page_of_a_running_loop(full: Opened, name: str, request: pytest.FixtureRequest) -> None:
    show(full, name, f"full-{name}-{look_of(request)}")


@pytest.mark.parametrize("name", TABS)
def test_page_of_a_new_project(empty: Opened, name: str, request: pytest.FixtureRequest) -> None:
    show(empty, name, f"empty-{name}-{look_of(request)}")


def show(opened: Opened, name: str, file: str) -> None:
    """Open a page, take its picture, and hold it against the rules."""
    opened.watch.faults.clear()
    opened.go(address_of(opened.site, name))
    opened.wait_until_idle()
    picture(opened, file)
    check(opened)
    assert opened.watch.faults == []


def look_of(request: pytest.FixtureRequest) -> str:
    return next(each for each in ("-".join(look) for look in LOOKS) if each in request.node.name)
