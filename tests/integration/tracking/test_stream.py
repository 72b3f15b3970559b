"""The event stream tells of ledger events, and of new points without their values."""

import json
from collections.abc import Iterator

import httpx

from meguri.testing.server import RunningServer


def messages(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, object]]]:
    kind = ""
    for line in lines:
        if line.startswith("event: "):
            kind = line[7:]
        elif line.startswith("data: "):
            yield kind, json.loads(line[6:])


def test_a_page_hears_of_a_run_and_of_its_points(server: RunningServer) -> None:
    headers = {"authorization": f"Bearer {server.token}"}
    query = httpx.QueryParams(project="p", after=0)
    httpx.post(f"{server.url}/api/v1/projects/p/runs", headers=headers, json={"name": "makes the project"}).raise_for_status()
    with (
        httpx.Client(base_url=server.url, headers=headers, timeout=20, trust_env=False) as client,
        client.stream("GET", "/api/v1/stream", params=query) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        heard = messages(answer.iter_lines())
        made = httpx.post(f"{server.url}/api/v1/projects/p/runs", headers=headers, json={"name": "live"}).json()
        run = made.get("id") or made["run"]["id"]
        kind, event = next(message for message in heard if message[1]["subject"] == run)
        assert (kind, event["kind"], event["subject"]) == ("ledger", "run.started", run)
        sent = httpx.post(f"{server.url}/api/v1/runs/{run}/points", headers=headers, json={"points": [["loss", 1, 0.5, 1_000_000]]})
        assert sent.status_code < 300, sent.text
        assert next(heard) == ("points", {"runs": [run]})
