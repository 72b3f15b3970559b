"""Signing in and out, what each role may do in the pages, tokens, users, members and the audit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from meguri.core.errors import Unauthenticated
from meguri.sdk.client import connect
from tests.e2e.conftest import OPTIONS, Opened, Site, visit

PASSWORD = "correct horse battery"


def add_user(site: Site, name: str, role: str | None = None) -> None:
    """A user with a password, and a role in the project of the site."""
    site.client.post("/api/v1/users", {"name": name, "password": PASSWORD})
    if role is not None:
        site.client.put(f"/api/v1/projects/{site.project}/members/{name}", {"role": role})


def sign_in(page: Page, user: str, password: str = PASSWORD) -> None:
    page.get_by_label("User").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@contextmanager
def visitor(browser: Browser, site: Site) -> Iterator[Opened]:
    """A browser that has never been here."""
    yield from visit(browser, site)


def test_without_a_session_every_address_asks_for_a_sign_in(browser: Browser, site: Site) -> None:
    add_user(site, "vera", "viewer")
    with visitor(browser, site) as opened:
        opened.watch.allowed = ("status of 401",)
        page = opened.page
        page.goto(site.address("/models"))
        expect(page.get_by_label("Password")).to_be_visible()
        sign_in(page, "vera", "wrong")
        expect(page.get_by_role("alert")).to_contain_text("The user name or the password is wrong")
        sign_in(page, "vera")
        expect(page.get_by_role("heading", name="Models", exact=True)).to_be_visible()  # the page that was asked for
        assert opened.page.context.cookies() == []
        page.get_by_role("button", name="Menu of vera").click()
        page.get_by_role("menuitem", name="Sign out").click()
        expect(page.get_by_label("Password")).to_be_visible()
        assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('meguri-session'))") == []


def test_a_one_time_address_works_once_and_leaves_no_code_behind(browser: Browser, site: Site) -> None:
    address = site.client.sign_in_address()
    with visitor(browser, site) as opened:
        opened.page.goto(address)
        expect(opened.page.get_by_role("button", name="Menu of admin")).to_be_visible()
        assert "login" not in opened.page.url
    with visitor(browser, site) as opened:
        opened.watch.allowed = ("status of 401",)
        opened.page.goto(address)
        expect(opened.page.get_by_role("alert")).to_be_visible()
        expect(opened.page.get_by_label("Password")).to_be_visible()


def test_a_session_that_was_ended_elsewhere_asks_for_a_sign_in(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as opened:
        opened.watch.allowed = ("status of 401",)
        page = opened.page
        page.goto(site.client.sign_in_address())
        page.get_by_role("button", name="Menu of admin").wait_for()
        secret = page.evaluate("localStorage.getItem(Object.keys(localStorage).find(key => key.startsWith('meguri-session')))")
        with connect(url=site.server.url, token=secret) as other:
            other.post("/api/v1/logout", {})
            with pytest.raises(Unauthenticated):
                other.get("/api/v1/me")
        page.get_by_role("link", name="Models").click()
        expect(page.get_by_text("Your session has ended")).to_be_visible()


@pytest.mark.parametrize(("role", "may"), [("viewer", False), ("operator", True)])
def test_buttons_follow_the_role(browser: Browser, site: Site, role: str, may: bool) -> None:
    add_user(site, f"role-{role}", role)
    with visitor(browser, site) as opened:
        page = opened.page
        opened.watch.allowed = ("status of 401",)
        page.goto(site.address(f"/endpoints/{site.project}?tab=deployments"))
        sign_in(page, f"role-{role}")
        button = page.get_by_role("button", name="Roll back")
        if may:
            expect(button).to_be_enabled()
            return
        expect(button).to_be_disabled()
        button.focus()
        expect(page.get_by_role("tooltip")).to_contain_text("This needs the role operator; you have: viewer")
        page.get_by_role("link", name="Admin").click()
        expect(page.get_by_role("navigation", name="Admin").get_by_role("link", name="Members")).to_be_visible()
        expect(page.get_by_role("navigation", name="Admin").get_by_role("link", name="Users")).to_have_count(0)


def test_a_token_is_shown_once_used_and_revoked(opened: Opened) -> None:
    page, site = opened.page, opened.site
    page.goto(f"{site.server.url}/account")
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog", name="New token")
    dialog.get_by_label("Name").fill("laptop")
    dialog.get_by_role("button", name="Create").click()
    shown = page.get_by_role("dialog", name="Token laptop")
    secret = shown.locator("pre").first.inner_text().strip()
    shown.get_by_role("button", name="Close").last.click()
    assert secret not in page.content()
    with connect(url=site.server.url, token=secret) as client:
        assert client.get("/api/v1/me")["principal"]["scopes"] == ["read"]
    row = page.get_by_role("row", name=re.compile("^laptop"))
    row.get_by_role("button", name="Revoke").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(row).to_have_count(0)
    with connect(url=site.server.url, token=secret) as client, pytest.raises(Unauthenticated):
        client.get("/api/v1/me")


def test_an_administrator_adds_a_user_and_gives_a_role(opened: Opened) -> None:
    page = opened.go("/admin?tab=users")
    page.get_by_role("button", name="New user").click()
    dialog = page.get_by_role("dialog", name="New user")
    dialog.get_by_label("User", exact=True).fill("nora")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("row", name=re.compile("^nora"))).to_be_visible()
    page.get_by_role("navigation", name="Admin").get_by_role("link", name="Members").click()
    page.get_by_label("User", exact=True).fill("nora")
    page.get_by_label("Role", exact=True).select_option("editor")
    page.get_by_role("button", name="Give role").click()
    expect(page.get_by_label("Role: nora")).to_have_value("editor")
    user = opened.site.client.get("/api/v1/users/nora")
    assert user["roles"] == {opened.site.project: "editor"}
    page.get_by_role("navigation", name="Admin").get_by_role("link", name="Users").click()
    page.get_by_role("button", name="Actions for nora").click()
    page.get_by_role("menuitem", name="Disable").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Disable").click()
    expect(page.get_by_role("row", name=re.compile("^nora"))).to_contain_text("Disabled")


def test_the_audit_is_filtered_and_saved(opened: Opened) -> None:
    page = opened.go("/audit")
    page.get_by_label("Kind").fill("deployment.live")
    expect(page).to_have_url(re.compile("kind=deployment.live"))
    table = page.get_by_role("region", name="Audit")
    expect(table.get_by_role("row", name=re.compile("deployment.live")).first).to_be_visible()
    expect(table.get_by_role("row", name=re.compile("run.started"))).to_have_count(0)
    table.get_by_role("row", name=re.compile("deployment.live")).first.click(position={"x": 300, "y": 10})
    expect(page.get_by_role("complementary")).to_contain_text("endpoint")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export CSV").click()
    lines = saved.value.path().read_text().splitlines()
    assert lines[0].startswith("sequence,at,actor,kind")
    assert all(",deployment.live," in line for line in lines[1:])


def test_a_page_of_another_port_gets_nothing(site: Site) -> None:
    """There is no cookie that a browser would send along, and the server refuses a foreign origin."""
    answer = httpx.get(f"{site.server.url}/api/v1/me", headers={"Origin": "http://127.0.0.1:9"}, cookies={"meguri": "x"})
    assert answer.status_code in {401, 403}
    assert "set-cookie" not in answer.headers


@pytest.fixture
def open_server(pages: Any, browser: Browser, tmp_path: Any) -> Iterator[str]:  # Any: fixtures of pytest
    """A server without authentication."""
    from meguri.testing.server import start_server

    server = start_server(tmp_path / "home", options=["--auth", "off"])
    yield server.url
    server.stop()


def test_without_authentication_the_pages_say_so(browser: Browser, open_server: str) -> None:
    page = browser.new_page(**OPTIONS)
    page.goto(open_server)
    expect(page.get_by_text("Authentication is off")).to_be_visible()
    expect(page.get_by_label("Password")).to_have_count(0)
    page.get_by_role("button", name="Menu of admin").click()
    expect(page.get_by_role("menuitem", name="Sign out")).to_have_count(0)
    page.close()
