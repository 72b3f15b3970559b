from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from meguri.access.origin import OriginGuard
from meguri.serving.routes import routes
from meguri.testing.application import application_of
from tests.integration.serving.world import World
from tests.unit.serving.examples import AT, body

ENDPOINTS = "/api/v1/projects/bikes/endpoints"
ENDPOINT = f"{ENDPOINTS}/bikes"


class Client:
    """Calls the application without a server."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:  # Any: arguments of httpx
        async def ask() -> httpx.Response:
            headers = {"authorization": "Bearer secret"}
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://testserver", headers=headers) as http:
                return await http.request(method, path, **more)

        return asyncio.run(ask())

    def get(self, path: str, **more: Any) -> httpx.Response:  # Any: as above
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:  # Any: as above
        return self.request("POST", path, **more)


@pytest.fixture
def client(world: World) -> Client:
    hosts = OriginGuard("127.0.0.1", ["testserver"])
    return Client(application_of(routes(world.serving), world.ledger.db, world.ledger.projects, hosts=hosts))


def test_an_endpoint_is_deployed_to_asked_and_rolled_back_over_rest(world: World, client: Client) -> None:
    before = client.get(ENDPOINT).json()
    assert (before["state"], before["url"], before["deployment"], before["inputs"]) == ("not deployed", None, None, [])
    made = client.post(f"{ENDPOINT}/deployments", json={"version": "mv_1"})
    assert (made.status_code, made.json()["state"], made.json()["reason"]) == (202, "created", "by_hand")
    world.run_jobs()
    answer = client.post(f"{ENDPOINT}/infer", json=body("p1"))
    assert (answer.status_code, answer.json()["outputs"][0]["data"]) == (200, [56.0])
    refused = client.post(f"{ENDPOINT}/infer", json=body("p2", temp=None))
    assert (refused.status_code, list(refused.json())) == (400, ["error"])
    client.post(f"{ENDPOINT}/deployments", json={"version": "mv_2", "reason": "better"})
    world.run_jobs()
    assert client.post(f"{ENDPOINT}/rollback", json={}).status_code == 202
    world.run_jobs()
    world.serving.move(world.endpoint())
    after = client.get(ENDPOINTS).json()["items"][0]
    assert {name: after[name] for name in ("state", "version", "requests", "errors", "open_predictions", "days")} == {
        "state": "live",
        "version": "mv_1",
        "requests": 2,
        "errors": 1,
        "open_predictions": 1,
        "days": [[AT // 86_400_000_000, 1]],
    }
    assert after["inputs"] == [{"name": "city", "dtype": "str"}, {"name": "hr", "dtype": "int"}, {"name": "temp", "dtype": "float"}]
    states = [(each["version"], each["state"]) for each in client.get(f"{ENDPOINT}/deployments").json()["items"]]
    assert states == [("mv_1", "live"), ("mv_2", "rolled_back"), ("mv_1", "replaced")]
    newest = client.get(f"{ENDPOINT}/predictions", params={"limit": 5}).json()["items"]
    assert [(each["id"], each["inputs"]) for each in newest] == [("p1", {"hr": 0, "temp": 0.5, "cnt_yesterday": 100.0})]
    assert client.get(f"{ENDPOINT}/predictions/p1").json() == newest[0]


@pytest.mark.parametrize(
    ("method", "path", "text"),
    [
        ("GET", f"{ENDPOINTS}/cars", "no endpoint 'cars': project 'bikes' has bikes"),
        ("GET", f"{ENDPOINTS}/cars/predictions", "no endpoint 'cars'"),
        ("POST", f"{ENDPOINTS}/cars/infer", "no endpoint 'cars'"),
        ("GET", f"{ENDPOINT}/predictions/none", "no prediction 'none': an id is what the request carried"),
    ],
)
def test_what_is_not_there_is_404(client: Client, method: str, path: str, text: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert text in answer.json()["detail"]


def test_an_endpoint_that_is_down_is_503_with_what_to_do(client: Client) -> None:
    answer = client.post(f"{ENDPOINT}/infer", json=body("p1"))
    assert answer.status_code == 503
    assert "its process does not run; the server starts it again by itself" in answer.json()["detail"]
