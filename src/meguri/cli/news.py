"""Prints what happens in a project while a command waits for it."""

from __future__ import annotations

import time
from datetime import datetime

from meguri.cli.sentences import sentence
from meguri.core.errors import Unavailable
from meguri.sdk.client import Client

PAGE = 1_000
WAIT_SECONDS = 1.0


class News:
    """The events of a project from now on. `print_news` prints each once, as a sentence; events without a sentence are left out."""

    def __init__(self, client: Client, project: str) -> None:
        self._client, self._project = client, project
        newest = client.get("/api/v1/history", project=project, limit=1)["items"]
        self._after = newest[0]["sequence"] if newest else 0

    def print_news(self) -> None:
        while True:
            events = self._client.get("/api/v1/history", project=self._project, after=self._after, limit=PAGE)["items"]
            for event in events:
                self._after = event["sequence"]
                text = sentence(event["kind"], event["subject"], event["payload"])
                if text is not None:
                    print(f"{(event['event_at'] or event['at'])[:10]}  {text}", flush=True)
            if len(events) < PAGE:
                return

    def print_until_reached(self, until: datetime | None = None, *, timeout_seconds: float = 1_800.0) -> None:
        """Print until the project has reached an event time and no job is left. Raises Unavailable after the timeout."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            state = self._client.get(f"/api/v1/projects/{self._project}/watermark", until=until, wait=WAIT_SECONDS)
            self.print_news()
            if state["reached"]:
                return
            if time.monotonic() > deadline:
                why = f"project {self._project} still has {state['jobs']} jobs at work after {timeout_seconds:g} s"
                raise Unavailable("settlement", f"{why}: see `meguri pipelines runs` for what takes so long")
