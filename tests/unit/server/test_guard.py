"""Loopback is no protection from a web page: what a page of another site can send is refused."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from meguri.access.origin import OriginGuard
from meguri.access.projects import ProjectDirectory
from meguri.access.routes import OPEN, Request, Route
from meguri.core.times import utc_now
from meguri.db.engine import Database
from meguri.events.service import Events
from meguri.testing.application import application_of
from meguri.testing.ledger import sqlite_database

HOST = "127.0.0.1:8321"


def things(_request: Request) -> list[str]:
    return ["thing"]


def fail(_request: Request) -> None:
    raise RuntimeError("a secret that no caller may read")


ROUTES = [
    Route("GET", "/api/v1/broken", "things:read", fail, "a defect"),
    Route("GET", "/health", OPEN, things, "open"),
    Route("GET", "/api/v1/things", "things:read", things, "list", query={"limit": int}),
    Route("POST", "/api/v1/things", "things:write", things, "make", body=dict),
]


@pytest.fixture
def ui(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/app.js").write_text("1")
    (tmp_path / "secret.txt").write_text("not for you")
    (tmp_path / "index.html").write_text("<html><head></head><body>meguri</body></html>")
    return tmp_path


@pytest.fixture(scope="module", autouse=True)
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    global db
    with sqlite_database(tmp_path_factory.mktemp("guard") / "test.db") as db:
        yield


db: Database


def send(ui: Path, method: str, path: str, *, host: str = HOST, json: object = None, **headers: str) -> httpx.Response:
    directory = ProjectDirectory(Events(db, utc_now), utc_now)
    application = application_of(ROUTES, db, directory, hosts=OriginGuard("127.0.0.1"), ui=ui)

    async def go() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=application), base_url=f"http://{host}") as client:
            return await client.request(method, path, json=json, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return asyncio.run(go())


BEARER = {"authorization": "Bearer secret"}


def test_the_token_opens_and_anything_else_does_not(ui: Path) -> None:
    assert send(ui, "GET", "/api/v1/things", **BEARER).json() == ["thing"]
    assert send(ui, "GET", "/api/v1/things").status_code == 401
    assert send(ui, "GET", "/api/v1/things", authorization="Bearer wrong").status_code == 401
    assert send(ui, "GET", "/health").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8321", "127.0.0.1.evil.example:8321"])
def test_a_rebound_name_is_refused_even_with_the_token(ui: Path, host: str) -> None:
    for path in ("/health", "/api/v1/things", "/", "/assets/app.js", "/openapi.json"):
        assert send(ui, "GET", path, host=host, **BEARER).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:9999",
        "http://127.0.0.1",
        "http://localhost:8321",
        "https://127.0.0.1.evil.example:8321",
    ],
)
def test_a_foreign_origin_is_refused_even_with_the_token(ui: Path, origin: str) -> None:
    assert send(ui, "POST", "/api/v1/things", json={}, origin=origin, **BEARER).status_code == 403


def test_our_own_origin_and_localhost_are_accepted(ui: Path) -> None:
    assert send(ui, "POST", "/api/v1/things", json={}, origin=f"http://{HOST}", **BEARER).status_code == 200
    assert send(ui, "GET", "/api/v1/things", host="localhost:8321", **BEARER).status_code == 200


def test_the_pages_need_no_session_and_set_no_cookie(ui: Path) -> None:
    answer = send(ui, "GET", "/p/any/page")
    assert (answer.status_code, "meguri" in answer.text, answer.headers.get("set-cookie")) == (200, True, None)
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")


def test_a_request_from_another_site_changes_nothing(ui: Path) -> None:
    assert send(ui, "POST", "/api/v1/things", json={}, sec_fetch_site="cross-site", **BEARER).status_code == 403


def test_a_refusal_says_which_scheme_is_wanted(ui: Path) -> None:
    assert send(ui, "GET", "/api/v1/things").headers["www-authenticate"] == 'Bearer realm="meguri"'


@pytest.mark.parametrize("path", ["/assets/../secret.txt", "/assets/%2e%2e/secret.txt", "/assets/..%2fsecret.txt", "/assets//etc/passwd"])
def test_assets_do_not_leave_their_folder(ui: Path, path: str) -> None:
    answer = send(ui, "GET", path)
    assert "not for you" not in answer.text and "root:" not in answer.text


def test_errors_are_problem_documents_that_say_what_and_what_next(ui: Path) -> None:
    answer = send(ui, "GET", "/api/v1/things?limit=many", **BEARER)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:meguri:error:Invalid",
        "title": "A value that cannot be accepted: `field` names it, `why` says what is wrong and what to send instead.",
        "status": 422,
        "detail": "limit: 'many' is not a whole number: send one",
        "code": "Invalid",
        "field": "limit",
        "why": "'many' is not a whole number: send one",
    }
    assert send(ui, "GET", "/api/v1/nothing", **BEARER).json()["detail"] == "no route 'GET /api/v1/nothing': see /openapi.json"
    assert send(ui, "POST", "/api/v1/things", json=[1], **BEARER).status_code == 422
    assert send(ui, "POST", "/api/v1/things", json={}, content_type="text/plain", **BEARER).status_code == 422


def test_a_defect_of_ours_is_a_problem_document_without_its_details(ui: Path) -> None:
    answer = send(ui, "GET", "/api/v1/broken", **BEARER)
    assert (answer.status_code, answer.json()["code"]) == (500, "Broken")
    assert "secret" not in answer.text and "server's log says why" in answer.json()["detail"]


def test_the_openapi_document_names_every_route_and_its_permission(ui: Path) -> None:
    paths = send(ui, "GET", "/openapi.json").json()["paths"]
    assert {(path, method): operation["x-permission"] for path, methods in paths.items() for method, operation in methods.items()} == {
        ("/health", "get"): "open",
        ("/api/v1/broken", "get"): "things:read",
        ("/api/v1/things", "get"): "things:read",
        ("/api/v1/things", "post"): "things:write",
        ("/openapi.json", "get"): "open",
    }
