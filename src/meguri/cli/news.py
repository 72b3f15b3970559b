"""Prints what happens in a project while a command waits for it."""

from __future__ import annotations

import time
from datetime import datetime

from meguri.cli.sentences import sentence
from meguri.core.errors import Unavailable
from meguri.sdk.resources import ProjectClient

PAGE = 1_000
WAIT_SECONDS = 1.0


class News:
    """The events of a project from now on. `print_news` prints each once, as a sentence; events without a sentence are left out."""

    def __init__(self, project: ProjectClient) -> None:
        self._project = project
        newest = project.events.list(limit=1)
        self._after = newest[0]["sequence"] if newest else 0

    def print_news(self) -> None:
        for event in self._project.events.all(after=self._after, limit=PAGE):
            self._after = event["sequence"]
            text = sentence(event["kind"], event["subject"], event["payload"])
            if text is not None:
                print(f"{(event['event_at'] or event['at'])[:10]}  {text}", flush=True)

    def print_until_reached(self, until: datetime | None = None, *, timeout_seconds: float = 1_800.0) -> None:
        """Print until the project has reached an event time and no job is left. Raises Unavailable after the timeout."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            state = self._project.watermark(until, wait_seconds=WAIT_SECONDS)
            self.print_news()
            if state["reached"]:
                return
            if time.monotonic() > deadline:
                why = f"project {self._project.name} still has {state['jobs']} jobs at work after {timeout_seconds:g} s"
                raise Unavailable("watermark", f"{why}: see `meguri pipelines runs` for what takes so long")
