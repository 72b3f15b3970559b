"""The client that may be killed: plays the kiosk with the real replay and keeps an account of what was answered.

`python -m tests.faults.player --url U --token T --cursor FILE --account FILE`
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from meguri.core.times import iso, micros
from meguri.demo.client import RetryingClient
from meguri.demo.project import apply
from meguri.demo.replay import RETRY_SECONDS, Cursor, LoopEvent, Replay
from meguri.demo.scenes import DAY
from meguri.sdk.client import Client, connect
from tests.faults.account import Account
from tests.faults.scene import PROJECT, Kiosk

RUN = "run_kiosk_by_the_day"
POINTS_A_DAY = 4


class Witness(RetryingClient):
    """A client that records every answer."""

    account: Account

    def post(self, path: str, body: Any) -> Any:
        answer = super().post(path, body)
        if path.endswith("/infer"):
            self.account.note("prediction", id=answer["id"], output=answer["outputs"][0]["data"][0])
        elif path.endswith("/labels"):
            self.account.note("labels", labels=body["labels"])
        else:
            self.account.note("push", rows=body["rows"], refused=sorted({each["row"] for each in answer["quarantined"]}))
        return answer


class Player(Replay):
    def __init__(self, client: Client, cursor: Path, token: str, account: Account) -> None:
        super().__init__(client, Kiosk(), cursor, token=token, notify=self._note_event, progress=self._log_day)
        self.account = account
        headers = {"Authorization": f"Bearer {token}"}
        places = (self._server_url, self._server_url, self._endpoint_url)
        self._server, self._labels, self._endpoint = (Witness(each, headers, within_seconds=RETRY_SECONDS) for each in places)
        for wire in (self._server, self._labels, self._endpoint):
            wire.account = account

    def prepare(self) -> None:
        self._retry(lambda: apply(self.client, PROJECT))
        run = {"id": RUN, "name": "by the day"}
        self._retry(lambda: self.client.post(f"/api/v1/projects/{self.scene.name}/runs", run))
        super().prepare()

    def advance_watermark(self, until: datetime) -> None:
        super().advance_watermark(until)
        self.account.note("advanced", until=iso(until))

    def _note_event(self, event: LoopEvent) -> None:
        self.account.note("event", sequence=event.sequence, event=event.kind, subject=event.subject)

    def _log_day(self, cursor: Cursor) -> None:
        day = (cursor.day - self.scene.start) // DAY
        steps = range(day * POINTS_A_DAY, (day + 1) * POINTS_A_DAY)
        points = [["predictions", step, step / POINTS_A_DAY, micros(cursor.day)] for step in steps]
        body = {"points": points, "writer": "player", "first": steps.start}
        self._retry(lambda: self.client.post(f"/api/v1/runs/{RUN}/points", body))
        self.account.note("points", points=[[step, value] for _, step, value, _ in points])


def prepare(url: str, token: str, folder: Path) -> None:
    """Apply the project, bring in what was before the stream, and let the first model go into service."""
    with connect(url=url, token=token) as client:
        player = Player(client, folder / "cursor.json", token, Account(folder / "account.jsonl"))
        try:
            player.prepare()
        finally:
            player.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("--url", "--token"):
        parser.add_argument(name, required=True)
    for name in ("--cursor", "--account"):
        parser.add_argument(name, type=Path, required=True)
    given = parser.parse_args()
    with connect(url=given.url, token=given.token) as client:
        player = Player(client, given.cursor, given.token, Account(given.account))
        try:
            player.prepare()
            player.run()
        finally:
            player.close()


if __name__ == "__main__":
    main()
