"""A browser on a real server with a real short loop: the pond, whose load doubles and whose model is retrained, promoted and deployed."""

from __future__ import annotations

import math
import os
import random
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from meguri.core.errors import Conflict
from meguri.demo.scenes import DAY
from meguri.sdk.client import Client, connect
from meguri.server.ui import ui_folder
from meguri.testing.require import missing
from meguri.testing.server import RunningServer, running_server
from tests.integration.loop.conftest import START, Pond, playing

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
SCREENS = Path(os.environ.get("MEGURI_SCREENS", ROOT / "build/screens"))
"""Where pictures of every page are left, for people to look at."""

DAYS = 22


class Lake(Pond):
    """The pond with a row an hour, which is enough for verdicts on drift."""

    def __init__(self) -> None:
        super().__init__(DAYS)
        hours = (START - 30 * DAY + timedelta(hours=n) for n in range((DAYS + 30) * 24))
        source = random.Random(7)
        self._load = {at: self._level(at) * (1 + source.gauss(0, 0.05)) for at in hours}


CHROMIUM_FLAGS = [
    "--no-sandbox",  # it may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
]
OPTIONS: dict[str, Any] = {  # Any: Playwright's options
    "locale": "en-GB",
    "timezone_id": "UTC",
    "viewport": {"width": 1280, "height": 800},
    "reduced_motion": "reduce",
}
"""A plain desktop without motion, so that two runs look alike."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.chromium)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; nothing is downloaded. Playwright's event loop runs in this thread until the module ends, so no other can."""
    program = os.environ.get("MEGURI_CHROMIUM") or shutil.which("chromium")
    if program is None:
        missing("chromium", "no Chromium was found (on Debian: apt-get install chromium fonts-noto-cjk; else set MEGURI_CHROMIUM)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS, headless=True)
        yield started
        started.close()


@dataclass(frozen=True, slots=True)
class Site:
    """A server with pages, and a client of it. `session`: the storage of a browser that is signed in, once there is one."""

    server: RunningServer
    client: Client
    project: str = "pond"
    session: dict[str, Any] = field(default_factory=dict)  # Any: Playwright's storage state

    def address(self, path: str = "") -> str:
        """Of a page of the project."""
        return f"{self.server.url}/p/{self.project}{path}"


@pytest.fixture(scope="package")
def pages() -> Path:
    """The built pages."""
    folder = ui_folder()
    if not (folder / "index.html").is_file():
        missing("chromium", "the web UI is not built (python hatch_build.py build)")
    return folder


@pytest.fixture(scope="package")
def site(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pond, played until a retrained model serves."""
    home = tmp_path_factory.mktemp("pond") / "home"
    with running_server(home) as server, connect(url=server.url, token=server.token) as client:
        play(server)
        log_run(client, "pond", "baseline", steps=120)
        yield Site(server, client)


@pytest.fixture(scope="package")
def empty_site(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A new installation; its only project has one run and nothing else."""
    home = tmp_path_factory.mktemp("new") / "home"
    with running_server(home) as server, connect(url=server.url, token=server.token) as client:
        start_run(client, "notebook", "first try")
        yield Site(server, client, "notebook")


def play(server: RunningServer) -> None:
    """Play the pond. On a very busy machine its first training may run into its own time limit: it is started once more then."""
    for attempt in (1, 2):
        try:
            with playing(server, Lake()) as player:
                player.play(DAYS)
                player.advance_watermark()
                return
        except Conflict:
            if attempt == 2:
                raise


def start_run(client: Client, project: str, name: str) -> str:
    """A run that goes on; gives its id."""
    environment = {"command": ["python", "train.py"], "python": {"version": "3.11.7"}, "git": {"commit": "4f2a" * 10, "is_dirty": True}}
    texts = {
        "code/diff.patch": "--- a/train.py\n+++ b/train.py\n@@ -1 +1 @@\n-rate = 0.1\n+rate = 0.01\n",
        "environment/packages.txt": "polars==2.1.0\n",
    }
    body = {"name": name, "params": {"rate": 0.01, "depth": 4}, "environment": environment, "texts": texts}
    return str(client.post(f"/api/v1/projects/{project}/runs", body)["id"])


def add_points(client: Client, run: str, first: int, count: int) -> None:
    """Points of two metrics at steps from `first`."""
    at = time.time_ns() // 1_000
    points = [[key, step, value, at + step] for step in range(first, first + count) for key, value in _metrics(step)]
    client.post(f"/api/v1/runs/{run}/points", {"points": points})


def _metrics(step: int) -> list[tuple[str, float]]:
    return [("loss", math.exp(-step / 40) + 0.02 * math.sin(step)), ("accuracy", 1 - 0.9 * math.exp(-step / 30))]


def log_run(client: Client, project: str, name: str, *, steps: int) -> str:
    """A run that is over."""
    run = start_run(client, project, name)
    add_points(client, run, 0, steps)
    lines = [f"step {step}" for step in range(0, steps, 10)]
    client.post(f"/api/v1/runs/{run}/logs", {"lines": lines, "writer": "one", "first": 0})
    client.patch(f"/api/v1/runs/{run}", {"status": "finished"})
    return run


def signed_in(browser: Browser, server: RunningServer) -> dict[str, Any]:  # Any: Playwright's storage state
    """Open a one-time address as `meguri server` prints it; gives the local storage of the signed-in browser."""
    context = browser.new_context()
    page = context.new_page()
    with connect(url=server.url, token=server.token) as client:
        page.goto(client.sign_in_address())
    page.get_by_role("button", name=re.compile("^Menu of|のメニュー$")).wait_for()
    state: dict[str, Any] = dict(context.storage_state())  # Any: as above
    context.close()
    return state


@dataclass(slots=True)
class Watch:
    """What a page must not do. `allowed`: texts of console errors that a test means to cause."""

    origin: str
    faults: list[str]
    allowed: tuple[str, ...] = ()

    def follow(self, page: Page) -> None:
        page.on("request", lambda request: self._on_request(request))  # Playwright writes on bound methods
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("console", lambda message: self._on_console(message))

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.faults.append(f"request to {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in self.allowed):
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of a site, and the watch over it."""

    page: Page
    site: Site
    watch: Watch

    def go(self, path: str = "", wait: str = "main h1") -> Page:
        """Open a page of the project and wait for its title."""
        self.page.goto(self.site.address(path))
        self.page.locator(wait).first.wait_for()
        return self.page

    def wait_until_idle(self) -> None:
        """Wait until nothing is loading any more."""
        expect(self.page.locator("[role=status] .skeleton, .stage .skeleton")).to_have_count(0)
        self.page.evaluate("document.fonts.ready")
        self.page.wait_for_timeout(250)  # a frame or two for canvases


def open_page(browser: Browser, site: Site) -> Iterator[Opened]:
    """A signed-in page that may talk to our server alone, and whose console stays clean; else the test fails."""
    if not site.session:
        site.session.update(signed_in(browser, site.server))
    yield from _watched(browser.new_context(**OPTIONS, storage_state=site.session), site)  # type: ignore[arg-type] # as Playwright gave it


def visit(browser: Browser, site: Site) -> Iterator[Opened]:
    """The same in a browser that has never been here."""
    yield from _watched(browser.new_context(**OPTIONS), site)


def _watched(context: BrowserContext, site: Site) -> Iterator[Opened]:
    page = context.new_page()
    watch = Watch(site.server.url, [])
    watch.follow(page)
    yield Opened(page, site, watch)
    context.close()
    assert watch.faults == []


@pytest.fixture
def opened(browser: Browser, site: Site) -> Iterator[Opened]:
    yield from open_page(browser, site)


@pytest.fixture
def opened_empty(browser: Browser, empty_site: Site) -> Iterator[Opened]:
    yield from open_page(browser, empty_site)
