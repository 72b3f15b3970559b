"""Access on a running server: signing in, the command line, live updates, audit, and what others on this machine can reach."""

from __future__ import annotations

import base64
import contextlib
import csv
import http.cookiejar
import io
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from meguri.cli.main import main
from meguri.core.errors import Unavailable
from meguri.demo.project import apply
from meguri.sdk.bundle import archive_of
from meguri.sdk.client import connect
from meguri.sdk.collect import load_folder
from meguri.server.stream import STREAMS
from meguri.testing.server import RunningServer, running_server, start_server

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("access") / "home") as running:
        meguri(running.home, "users", "add", "kim", stdin=PASSWORD)
        for project in ("bikes", "taxis"):
            make_run(running, project)
        yield running


def meguri(home: Path, *arguments: str, stdin: str = "", status: int = 0) -> str:
    """What a command prints."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(f"{stdin}\n"))
        done = main([*arguments, "--home", str(home)])
    assert done == status, err.getvalue()
    return out.getvalue() if status == 0 else err.getvalue()


def make_run(server: RunningServer, project: str) -> str:
    with server.client() as client:
        made = client.post("/api/v1/runs", json={"project": project})
        if made.status_code == 404:
            made = client.post(f"/api/v1/projects/{project}/runs", json={})
    return str(made.raise_for_status().json()["id"])


def sign_in(server: RunningServer, user: str) -> httpx.Client:
    """A browser that is signed in with a password."""
    answer = httpx.post(f"{server.url}/api/v1/login", json={"user": user, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    assert "set-cookie" not in answer.headers
    return httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {answer.json()['secret']}"}, timeout=30)


def test_the_printed_address_signs_a_browser_in_once(server: RunningServer) -> None:
    printed = server.log.read_text()
    assert server.token not in printed
    for address in (printed.split("open ")[1].split()[0], meguri(server.home, "login").strip()):
        url, _, code = address.partition("/#login=")
        assert url == server.url
        answers = [httpx.post(f"{server.url}/api/v1/login", json={"code": code}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 401]
        session = {"authorization": f"Bearer {answers[0].json()['secret']}"}
        me = httpx.get(f"{server.url}/api/v1/me", headers=session).json()
        assert (me["principal"]["user"], me["principal"]["kind"], me["auth"]) == ("admin", "session", "on")
        assert httpx.post(f"{server.url}/api/v1/logout", headers=session).status_code == 204
        assert httpx.get(f"{server.url}/api/v1/me", headers=session).status_code == 401


def test_a_person_alone_notices_nothing(server: RunningServer) -> None:
    assert meguri(server.home, "me", "--json").strip().startswith("[")
    assert "admin" in meguri(server.home, "me") and "token home" in meguri(server.home, "me")


def test_the_command_line_manages_users_and_tokens(server: RunningServer) -> None:
    home = server.home
    meguri(home, "users", "add", "lee", "--no-password")
    meguri(home, "users", "role", "lee", "operator", "--project", "bikes")
    listed = {each["name"]: each for each in json.loads(meguri(home, "users", "list", "--json"))}
    assert (listed["lee"]["roles"], listed["lee"]["has_password"], listed["kim"]["has_password"]) == ({"bikes": "operator"}, False, True)
    secret = meguri(home, "tokens", "create", "ci", "--user", "lee", "--scope", "write", "--limit", "bikes", "--expires", "30d").strip()
    other = meguri(home, "tokens", "rotate", "ci", "--user", "lee").strip()
    with httpx.Client(base_url=server.url) as client:
        assert client.get("/api/v1/me", headers={"authorization": f"Bearer {secret}"}).status_code == 401
        me = client.get("/api/v1/me", headers={"authorization": f"Bearer {other}"}).json()
    assert (me["principal"]["user"], me["principal"]["projects"], me["roles"]) == ("lee", ["bikes"], {"bikes": "operator"})
    (token,) = json.loads(meguri(home, "tokens", "list", "--all", "--json"))
    assert (token["name"], token["scopes"], other.startswith(token["hint"]), token["last_used_at"] is None) == (
        "ci",
        ["write"],
        True,
        False,
    )
    meguri(home, "tokens", "revoke", "ci", "--user", "lee")
    assert json.loads(meguri(home, "tokens", "list", "--all", "--json")) == []
    meguri(home, "users", "disable", "lee")
    assert "lee" in meguri(home, "login", "--user", "lee", status=1)
    meguri(home, "users", "enable", "lee")
    meguri(home, "users", "admin", "lee", "yes")
    meguri(home, "users", "password", "lee", stdin="another long password")
    meguri(home, "users", "delete", "lee")
    assert "no user 'lee'" in meguri(home, "users", "role", "lee", "viewer", "--project", "bikes", status=1)


def test_a_user_sees_the_own_projects_alone(server: RunningServer) -> None:
    meguri(server.home, "users", "role", "kim", "viewer", "--project", "bikes")
    with sign_in(server, "kim") as kim:
        assert [each["name"] for each in kim.get("/api/v1/projects").json()["items"]] == ["bikes"]
        assert kim.get("/api/v1/projects/taxis").status_code == 404
        assert kim.get("/api/v1/users").status_code == 403
        assert kim.put("/api/v1/projects/bikes/members/kim", json={"role": "admin"}).status_code == 403


def test_what_decides_over_deployments_is_changed_by_operators_alone(server: RunningServer) -> None:
    folder = Path(__file__).parents[1] / "loop" / "pond"
    with connect(home=server.home) as root:
        apply(root, folder)
    meguri(server.home, "users", "role", "kim", "editor", "--project", "pond")
    kim = sign_in(server, "kim")

    def send(action: str, manifest: dict[str, Any]) -> httpx.Response:  # Any: JSON
        contents = {"manifest": json.dumps(manifest).encode(), "archive": archive_of(folder)}
        body = {name: base64.b64encode(content).decode() for name, content in contents.items()}
        return kim.post(f"/api/v1/projects/pond/bundles/{action}", json=body)

    manifest = {**json.loads(load_folder(folder).to_json()), "description": "an editor may change this"}
    assert send("apply", manifest).status_code == 200
    manifest["endpoints"][0]["description"] = "another"
    manifest["triggers"][0]["policy"]["gate"]["confidence"] = 0.0
    planned, refused = send("plan", manifest), send("apply", manifest)
    assert [each["kind"] for each in planned.json()["changes"]] == ["endpoint", "trigger"]
    assert (refused.status_code, refused.json()["code"]) == (403, "Forbidden")
    assert [part for part in ("endpoint pond", "trigger lost-accuracy", "role operator") if part not in refused.json()["detail"]] == []
    assert send("plan", manifest).json() == planned.json(), "nothing was stored"
    meguri(server.home, "users", "role", "kim", "operator", "--project", "pond")
    assert send("apply", manifest).status_code == 200
    kim.close()


def test_too_many_attempts_are_refused_with_the_time_to_wait(server: RunningServer) -> None:
    def attempt() -> httpx.Response:
        return httpx.post(f"{server.url}/api/v1/login", json={"user": "nobody", "password": "guess"})

    statuses = [attempt().status_code for _ in range(12)]
    assert statuses[0] == 401 and statuses[-1] == 429
    assert 1 <= int(attempt().headers["retry-after"]) <= 6
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.token}"}) as client:
        assert client.get("/api/v1/me").status_code == 200  # what is signed in already is not affected


def test_a_principal_that_asks_too_often_is_told_when_to_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURI_RATE_LIMIT", "5")
    with running_server(tmp_path / "home") as limited, limited.client() as client:
        answers = [client.get("/api/v1/me") for _ in range(20)]
        assert {answer.status_code for answer in answers} == {200, 429}
        assert {answer.headers["retry-after"] for answer in answers if answer.status_code == 429} == {"1"}
        assert client.get("/health").status_code == 200


def test_without_authentication_everybody_on_this_machine_is_the_administrator(tmp_path: Path) -> None:
    with running_server(tmp_path / "home", options=["--auth", "off"]) as opened:
        me = httpx.get(f"{opened.url}/api/v1/me").json()
        assert (me["auth"], me["principal"]["is_admin"], me["principal"]["user"]) == ("off", True, "admin")
        assert httpx.get(f"{opened.url}/api/v1/me", headers={"origin": "http://evil.example"}).status_code == 403
        assert httpx.get(f"{opened.url}/api/v1/me", headers={"host": "evil.example"}).status_code == 403
        assert "authentication is off" in opened.log.read_text()


def test_authentication_cannot_be_off_where_other_machines_reach_the_server(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"other machines reach 0\.0\.0\.0"):
        start_server(tmp_path / "home", options=["--auth", "off", "--host", "0.0.0.0"])


def events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:  # Any: JSON
    for line in lines:
        if line.startswith("data: "):
            yield json.loads(line[6:])


def test_a_stream_carries_what_its_caller_may_see_and_follows_the_roles(server: RunningServer) -> None:
    meguri(server.home, "users", "role", "kim", "viewer", "--project", "bikes")
    with sign_in(server, "kim") as kim:
        with kim.stream("GET", "/api/v1/stream") as answer:
            assert answer.status_code == 200
            lines = answer.iter_lines()
            next(lines)
            heard = events(lines)
            make_run(server, "taxis")
            first = make_run(server, "bikes")
            assert next(heard)["subject"] == first
            meguri(server.home, "users", "role", "kim", "none", "--project", "bikes")
            make_run(server, "bikes")
            meguri(server.home, "users", "role", "kim", "viewer", "--project", "taxis")
            seen = make_run(server, "taxis")
            told = []
            while seen not in told:
                told.append(next(heard)["subject"])
            assert set(told) <= {seen, "kim"}, "an event of a project that the caller may no longer see"
        assert kim.get("/api/v1/stream", params={"project": "bikes"}).status_code == 404


def test_a_stream_ends_with_its_session(server: RunningServer) -> None:
    with sign_in(server, "kim") as kim, kim.stream("GET", "/api/v1/stream") as answer, ThreadPoolExecutor(1) as pool:
        reading = pool.submit(lambda: list(answer.iter_lines()))
        time.sleep(0.3)
        with sign_in(server, "kim") as other:
            (mine,) = [each for each in other.get("/api/v1/me/sessions").json()["items"] if not each["is_current"]][:1]
            assert other.delete(f"/api/v1/me/sessions/{mine['id']}").status_code == 204
        reading.result(timeout=10)


def test_long_polls_take_no_threads(server: RunningServer) -> None:
    until = "2099-01-01T00:00:00Z"
    headers = {"authorization": f"Bearer {server.token}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30, limits=httpx.Limits(max_connections=100)) as client:

        def wait() -> int:
            return client.get("/api/v1/projects/bikes/watermark", params={"until": until, "wait": 4}).status_code

        with ThreadPoolExecutor(80) as pool:
            began = time.monotonic()
            waiting = [pool.submit(wait) for _ in range(80)]
            time.sleep(1)
            assert not any(each.done() for each in waiting)
            assert client.get("/api/v1/me").status_code == 200
            assert time.monotonic() - began < 3.5
            assert {each.result() for each in waiting} == {200}


def test_audit_filters_pages_and_exports(server: RunningServer) -> None:
    with server.client() as client:
        made = client.get("/api/v1/audit", params={"kind": "user.created"}).json()
        assert [(each["subject"], each["actor"]) for each in made["items"]][-1] == ("kim", "token:home")
        page = client.get("/api/v1/audit", params={"limit": 2}).json()
        after = client.get("/api/v1/audit", params={"limit": 2, "cursor": page["next"]}).json()
        numbers = [each["sequence"] for each in (*page["items"], *after["items"])]
        assert numbers == sorted(numbers, reverse=True) and len(set(numbers)) == 4
        bikes = client.get("/api/v1/projects/bikes/audit", params={"actor": "token:home"}).json()["items"]
        assert {each["project"] for each in bikes} == {"bikes"}
        moment = bikes[-1]["at"]
        earlier = client.get("/api/v1/projects/bikes/audit", params={"until": moment}).json()["items"]
        later = client.get("/api/v1/projects/bikes/audit", params={"since": moment}).json()["items"]
        assert (earlier, len(later)) == ([], len(client.get("/api/v1/projects/bikes/audit").json()["items"]))
        assert client.get("/api/v1/audit", params={"cursor": "x"}).status_code == 422
        lines = client.get("/api/v1/audit", params={"format": "jsonl"}).text.splitlines()
        rows = list(csv.DictReader(io.StringIO(client.get("/api/v1/audit", params={"format": "csv"}).text)))
        assert [json.loads(line)["sequence"] for line in lines] == [int(row["sequence"]) for row in rows]
        assert {row["kind"] for row in rows} >= {"user.created", "project.created", "run.started", "session.started", "sign_in.failed"}


def test_an_exported_cell_is_never_a_formula(server: RunningServer) -> None:
    httpx.post(f"{server.url}/api/v1/login", json={"user": "=1+1", "password": "guess"})
    with server.client() as client:
        rows = list(csv.DictReader(io.StringIO(client.get("/api/v1/audit", params={"format": "csv"}).text)))
    assert [value for row in rows for value in row.values() if value[:1] in "=+-@" and value] == []


def test_a_cookie_thief_on_another_port_gets_nothing(server: RunningServer) -> None:
    """A program of another user listens on this machine; a signed-in browser opens it, and it uses all that the browser sends."""
    stolen: list[dict[str, str]] = []

    class Thief(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stolen.append(dict(self.headers.items()))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Thief)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        jar = http.cookiejar.CookieJar()
        with httpx.Client(cookies=jar) as browser:  # cookies go to every port of a host, as in a browser
            secret = browser.post(f"{server.url}/api/v1/login", json=code_of(server)).json()["secret"]
            session = {"authorization": f"Bearer {secret}"}
            assert browser.get(f"{server.url}/api/v1/me", headers=session).status_code == 200
            browser.get(f"{server.url}/")
            browser.get(f"http://127.0.0.1:{listener.server_port}/")
        assert list(jar) == []
        (headers,) = stolen
        used = {name: value for name, value in headers.items() if name.lower() != "host"}
        assert secret not in json.dumps(used)
        page = httpx.get(f"{server.url}/", headers=used)
        assert secret not in page.text and "csrf" not in page.text
        for method, path in (("GET", "/api/v1/me"), ("GET", "/api/v1/users"), ("GET", "/api/v1/stream"), ("POST", "/api/v1/logout")):
            assert httpx.request(method, f"{server.url}{path}", headers=used).status_code == 401
        origin = {"origin": f"http://127.0.0.1:{listener.server_port}"}  # what its page may send with the browser's own fetch
        for method, path in (("GET", "/api/v1/me"), ("POST", "/api/v1/login")):
            answer = httpx.request(method, f"{server.url}{path}", headers={**used, **origin})
            assert answer.status_code == 403
            assert "access-control-allow-origin" not in answer.headers
    finally:
        listener.shutdown()
        listener.server_close()


def code_of(server: RunningServer) -> dict[str, str]:
    return {"code": meguri(server.home, "login").strip().partition("/#login=")[2]}


def test_a_token_that_is_limited_does_not_take_over_its_user(server: RunningServer) -> None:
    meguri(server.home, "users", "add", "mia", "--no-password")
    meguri(server.home, "users", "role", "mia", "admin", "--project", "bikes")
    meguri(server.home, "tokens", "create", "all", "--user", "mia", "--scope", "admin")
    limited = meguri(server.home, "tokens", "create", "limited", "--user", "mia", "--scope", "admin", "--limit", "bikes").strip()
    predict = meguri(server.home, "tokens", "create", "predict", "--user", "mia", "--scope", "predict").strip()
    with server.client() as client:
        (whole,) = [each["id"] for each in client.get("/api/v1/users/mia/tokens").json()["items"] if each["name"] == "all"]
    for secret, status, seen in ((limited, 404, ["limited"]), (predict, 403, ["predict"])):
        with httpx.Client(base_url=f"{server.url}/api/v1/me", headers={"authorization": f"Bearer {secret}"}) as caller:
            assert caller.post(f"/tokens/{whole}/rotate", json={}).status_code == status
            assert caller.delete(f"/tokens/{whole}").status_code == status
            assert caller.put("/password", json={"new": PASSWORD}).status_code == 403
            assert (caller.get("/sessions").status_code, caller.delete("/sessions/ssn_1").status_code) == (403, 403)
            assert [each["name"] for each in caller.get("/tokens").json()["items"]] == seen


def test_the_address_of_a_client_is_forwarded_by_trusted_proxies_alone(
    server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen_by(asked: RunningServer) -> str:
        opened = httpx.post(f"{asked.url}/api/v1/login", json=code_of(asked), headers={"x-forwarded-for": "192.0.2.9"})
        return str(opened.raise_for_status().json()["session"]["address"])

    assert seen_by(server) == "127.0.0.1"
    monkeypatch.setenv("MEGURI_TRUSTED_PROXIES", "127.0.0.1")
    with running_server(tmp_path / "home") as behind:
        assert seen_by(behind) == "192.0.2.9"


def test_the_requests_of_a_user_are_limited_over_all_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_server(tmp_path / "home") as made:
        secrets = [meguri(made.home, "tokens", "create", f"t{number}").strip() for number in range(20)]
    monkeypatch.setenv("MEGURI_RATE_LIMIT", "1")
    with running_server(tmp_path / "home") as limited:
        answers = [httpx.get(f"{limited.url}/api/v1/me", headers={"authorization": f"Bearer {each}"}) for each in secrets]
    assert 429 in {answer.status_code for answer in answers}


def test_a_user_has_so_many_open_streams_at_once(server: RunningServer) -> None:
    with server.client() as client, contextlib.ExitStack() as streams:
        for _ in range(STREAMS):
            assert streams.enter_context(client.stream("GET", "/api/v1/stream")).status_code == 200
        refused = client.get("/api/v1/stream")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "10")
        with sign_in(server, "kim") as kim, kim.stream("GET", "/api/v1/stream") as other:
            assert other.status_code == 200, "the streams of others are not counted"
        streams.close()
        until = time.monotonic() + 20
        while True:
            with client.stream("GET", "/api/v1/stream") as again:
                if again.status_code == 200:
                    break
            assert time.monotonic() < until
            time.sleep(0.1)


def test_the_last_event_is_a_number_of_ascii_digits(server: RunningServer) -> None:
    for last in (b"\xb2", b"-1", b"x"):  # the first is a superscript 2 in Latin-1
        with server.client() as client, client.stream("GET", "/api/v1/stream", headers={b"last-event-id": last}) as answer:
            assert answer.status_code == 200


def test_an_admin_of_a_project_sees_its_roles_alone(server: RunningServer) -> None:
    for project, role in (("bikes", "viewer"), ("taxis", "admin")):
        meguri(server.home, "users", "role", "kim", role, "--project", project)
    meguri(server.home, "users", "add", "ann", "--no-password")
    meguri(server.home, "users", "role", "ann", "editor", "--project", "bikes")
    with sign_in(server, "kim") as kim:
        answer = kim.put("/api/v1/projects/taxis/members/ann", json={"role": "viewer"})
        assert answer.json() == {"user": "ann", "role": "viewer"}
        members = kim.get("/api/v1/projects/taxis/members").json()["items"]
    assert members == [{"user": "ann", "role": "viewer"}, {"user": "kim", "role": "admin"}]


def test_a_new_password_revokes_tokens_on_request(server: RunningServer) -> None:
    meguri(server.home, "users", "add", "zoe", stdin=PASSWORD)
    meguri(server.home, "tokens", "create", "ci", "--user", "zoe")
    with sign_in(server, "zoe") as zoe:
        assert zoe.put("/api/v1/me/password", json={"current": PASSWORD, "new": PASSWORD}).json() == {"tokens": 1}
    with server.client() as client:
        assert client.patch("/api/v1/users/zoe", json={"revoke_tokens": True}).status_code == 422
    meguri(server.home, "users", "password", "zoe", "--revoke-tokens", stdin=PASSWORD)
    with sign_in(server, "zoe") as zoe:
        assert zoe.get("/api/v1/me/tokens").json()["items"] == []
