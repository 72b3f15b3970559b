"""The permission matrix: what each role and scope is answered on every route, tried on a running server.

The golden file has a line for each route and a column for each caller. `401`, `403` and `404` are refusals (404 where the caller may not
even see the thing); `ok` is any other answer, such as 200, or 422 and 409 for the content that this test sends so that nothing happens.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from meguri.testing.server import RunningServer, running_server
from tests.golden.older_homes import FOLDER, unpack

PROJECT, ELSEWHERE = "pond", "elsewhere"
REFUSED = {401, 403, 404}
NAMES = {
    "project": PROJECT, "source": "readings", "dataset": "readings", "pipeline": "retrain", "monitor": "pond-quality",
    "trigger": "lost-accuracy", "endpoint": "pond", "model": "pond", "alias": "champion", "kind": "run", "alert": "alr_1", "user": "guest",
}  # fmt: skip
BY_ID = {
    "snapshots/{snapshot}": "snapshots", "model-versions/{version}": "model_versions", "pipeline-runs/{run}": "pipeline_runs",
    "promotions/{promotion}": "promotions", "jobs/{job}": "jobs", "runs/{run}": "runs", "{kind}/{id}": "runs",
}  # fmt: skip


@dataclass
class Stage:
    """A server on the home of the first release, and the headers of each caller."""

    server: RunningServer
    root: httpx.Client
    client: httpx.Client
    ids: Mapping[str, str]
    callers: dict[str, Callable[[], dict[str, str]]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def path(self, template: str) -> str:
        """The path with things that exist."""
        path = template
        for part, table in BY_ID.items():
            name = part.rpartition("{")[2].rstrip("}")
            if f"/{part}" in path:
                path = path.replace("{" + name + "}", self.ids[table])
        if "{token}" in path:
            path = path.replace("{token}", self.make_token("guest", "read")["token"]["id"])
        if "{session}" in path:
            path = path.replace("{session}", self.sign_in("guest")["session"]["id"])
        if path.endswith(("/users/{user}", "/members/{user}")):
            path = path.replace("{user}", self.add_user(f"guest-{next(self.numbers)}", member=True))
        for name, value in {**NAMES, "prediction": self.ids["predictions"], "name": "note.txt", "id": self.ids["runs"]}.items():
            path = path.replace("{" + name + "}", value)
        assert "{" not in path, f"{template}: say in this test what to put there"
        return path

    def add_user(self, name: str, role: str | None = None, project: str = PROJECT, *, is_admin: bool = False, member: bool = False) -> str:
        self.root.post("/api/v1/users", json={"name": name, "is_admin": is_admin}).raise_for_status()
        if role is not None or member:
            self.root.put(f"/api/v1/projects/{project}/members/{name}", json={"role": role or "viewer"}).raise_for_status()
        return name

    def sign_in(self, user: str) -> Any:  # Any: JSON
        code = self.root.post("/api/v1/login-codes", json={"user": user}).raise_for_status().json()["code"]
        return self.root.post("/api/v1/login", json={"code": code}).raise_for_status().json()

    def make_token(self, user: str, scope: str) -> Any:  # Any: JSON
        body = {"name": f"t{next(self.numbers)}", "scopes": [scope]}
        return self.root.post(f"/api/v1/users/{user}/tokens", json=body).raise_for_status().json()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home, held = unpack(FOLDER / "v0.1.0a1.tar.xz", tmp_path_factory.mktemp("permissions"))
    with closing(sqlite3.connect(home / "meguri.db")) as ledger:
        (version,) = ledger.execute("SELECT id FROM model_versions").fetchone()
        ledger.execute("INSERT INTO experiments VALUES ('exp_elsewhere', ?, 'default', 1)", (ELSEWHERE,))
        ledger.execute(
            "INSERT INTO alerts VALUES ('alr_1', 'pond', 'pond-quality', 'pond', 'quality', ?, 1, 1, 1, 2, 'by hand', '{}')", (version,)
        )
        ledger.commit()
        ids: dict[str, str] = {table: ledger.execute(f"SELECT id FROM {table} ORDER BY 1").fetchone()[0] for table in set(BY_ID.values())}
        (ids["runs"],) = ledger.execute("SELECT run FROM artifacts WHERE name = 'note.txt'").fetchone()
    with running_server(home) as server, server.client() as root, httpx.Client(base_url=server.url, timeout=60) as client:
        made = Stage(server, root, client, {**ids, "predictions": held["predictions"][0][0]})
        made.add_user("guest", member=True)
        people = {each: made.add_user(f"the-{each}", each) for each in ("viewer", "editor", "operator", "admin")}
        people["member of another project"] = made.add_user("stranger", "admin", ELSEWHERE)
        people["installation admin"] = made.add_user("root", is_admin=True)
        made.callers["anonymous"] = dict
        for name, user in people.items():
            made.callers[name] = bearer(lambda user=user: made.sign_in(user)["secret"])  # type: ignore[misc]
        for scope in ("read", "predict", "write", "admin"):
            made.callers[f"token {scope}"] = bearer(lambda scope=scope: made.make_token("the-admin", scope)["secret"])  # type: ignore[misc]
        yield made


def bearer(make: Callable[[], str]) -> Callable[[], dict[str, str]]:
    """The headers of a caller, whose secret is made when it is first needed, and again after it was ended."""
    kept: list[str] = []

    def headers(*, anew: bool = False) -> dict[str, str]:
        if anew or not kept:
            kept[:] = [make()]
        return {"authorization": f"Bearer {kept[0]}"}

    return headers


def ask(stage: Stage, method: str, template: str, operation: Mapping[str, Any], headers: dict[str, str]) -> str:  # Any: JSON
    content, more = b"", {}
    if "requestBody" in operation:
        content, more = b"[1]", {"content-type": "application/json"}  # no route takes this: 422 once the caller is let through
    own = {  # what a handler checks by itself, with content that changes nothing that matters
        "/api/v1/me/tokens": {"name": f"mine{next(stage.numbers)}", "scopes": ["read"]},
        "/api/v1/me/tokens/{token}/rotate": {},
        "/api/v1/me/password": {"new": "short"},
    }
    if template in own and method in ("post", "put"):
        content = json.dumps(own[template]).encode()
    query = "?wait=0" if template.endswith("/watermark") and method == "get" else ""
    path = f"{stage.path(template)}{query}"
    with stage.client.stream(method, path, content=content, headers={**headers, **more}) as answer:
        return str(answer.status_code) if answer.status_code in REFUSED else "ok"


def test_permissions(stage: Stage, golden: Callable[[str, str], None]) -> None:
    document = stage.root.get("/openapi.json").raise_for_status().json()
    operations = [(method, path, each) for path, methods in document["paths"].items() for method, each in methods.items()]
    width = max(len(f"{method} {path}") for method, path, _ in operations)
    lines = [f"{'':{width}}  " + "  ".join(stage.callers)]
    for method, path, operation in operations:
        found = {name: ask(stage, method, path, operation, headers()) for name, headers in stage.callers.items()}
        lines.append(f"{method.upper() + ' ' + path:{width}}  " + "  ".join(f"{found[name]:{len(name)}}" for name in stage.callers))
        if path.endswith(("/logout", "/sessions/{session}")):
            for name, headers in stage.callers.items():
                if name != "anonymous":
                    headers(anew=True)  # type: ignore[call-arg]  # of `bearer`
    golden("permissions.txt", "\n".join(line.rstrip() for line in lines) + "\n")


def test_what_is_hidden_looks_like_what_does_not_exist(stage: Stage) -> None:
    headers = stage.callers["member of another project"]()

    def told(path: str) -> tuple[int, Any]:  # Any: JSON
        answer = stage.client.get(path, headers=headers)
        return answer.status_code, {name: value for name, value in answer.json().items() if name not in ("key",)}

    run = stage.ids["runs"]
    for there, missing in ((f"/api/v1/runs/{run}", "/api/v1/runs/run_x"), (f"/api/v1/projects/{PROJECT}", "/api/v1/projects/nothing")):
        (status, seen), (other_status, unseen) = told(there), told(missing)
        assert (status, other_status) == (404, 404)
        name, other = there.rpartition("/")[2], missing.rpartition("/")[2]
        assert seen["detail"].replace(name, "X") == unseen["detail"].replace(other, "X")


def test_every_file_of_the_matrix_was_meant(stage: Stage) -> None:
    """Nobody but an administrator of the installation reaches what concerns all projects."""
    matrix = (Path(__file__).parent / "permissions.txt").read_text().splitlines()
    assert [line for line in matrix if line.startswith(("GET /api/v1/users ", "GET /api/v1/audit ")) and line.count("ok") != 1] == []
