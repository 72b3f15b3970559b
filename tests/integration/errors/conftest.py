"""An office whose load is predicted: a real server, a real endpoint process and a small trained model, made once for all rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from meguri.cli.main import main
from meguri.core.times import iso
from meguri.sdk.client import connect
from meguri.testing.server import RunningServer, running_server

OFFICE = "/api/v1/projects/office"
FOLDER = Path(__file__).parent / "office"
END = datetime(2025, 3, 1, tzinfo=UTC)

Json = dict[str, Any]
"""Any: JSON."""


def row_at(at: datetime) -> Json:
    warm = 12 + at.day % 7
    return {"at": iso(at), "building": "north", "hour": at.hour, "temperature": float(warm), "load": 50.0 + at.hour * 2 + warm}


@dataclass(frozen=True, slots=True)
class Office:
    """`api`: a client that may do everything; `endpoint`: the endpoint process; `run`: a run that is live."""

    server: RunningServer
    api: httpx.Client
    endpoint: httpx.Client
    run: str

    def census(self) -> Json:
        """How much of everything there is: a refused request may not change it."""
        source = self.api.get(f"{OFFICE}/sources").json()["items"][0]
        coverage = self.api.get(f"{OFFICE}/endpoints/load/quality").json()["coverage"]
        coverage.pop("predictions")  # moved to the ledger by a periodic task; the endpoint counts them at once
        newest = self.api.get(f"{OFFICE}/events?limit=1").json()["items"][0]["sequence"]
        state = self.api.get(f"{OFFICE}/endpoints/load").json()
        return {
            "rows": source["rows"],
            "quarantined": source["quarantined"],
            "events": newest,
            "predictions": state["process"]["predictions"],
            "labels": coverage,
            "runs": len(self.api.get(f"{OFFICE}/runs?limit=1000").json()["items"]),
            "metrics": self.api.get(f"/api/v1/runs/{self.run}/metrics").json(),
            "artifacts": self.api.get(f"/api/v1/runs/{self.run}/artifacts").json()["items"],
            "projects": [each["name"] for each in self.api.get("/api/v1/projects").json()["items"]],
        }


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with running_server(tmp_path_factory.mktemp("errors") / "home") as server:
        with connect(url=server.url, token=server.token) as client:
            assert main(["apply", str(FOLDER), "--yes", "--home", str(server.home)]) == 0
            office = client.project("office")
            office.sources.push("meter", [row_at(END - timedelta(hours=n)) for n in range(28 * 24, 0, -1)])
            office.advance_watermark(END)
            assert main(["pipelines", "run", "retrain", "--wait", "--home", str(server.home)]) == 0
            url = office.endpoints.get("load")["url"]
        with server.client() as api, httpx.Client(base_url=url, headers=api.headers, timeout=60) as endpoint:
            run = api.post(f"{OFFICE}/runs", json={}).json()["id"]
            yield Office(server, api, endpoint, run)
