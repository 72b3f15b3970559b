"""Replays a stream through a running server as any client would: one request a prediction, labels 24 hours later, one advance a day."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import msgspec

from meguri.core.batches import batches
from meguri.core.errors import Conflict, Unavailable
from meguri.core.json import JsonObject
from meguri.core.retries import retrying
from meguri.core.times import iso, micros
from meguri.demo.client import RetryingClient
from meguri.demo.scenes import DAY, DayError, Moment, Scene
from meguri.sdk.client import Client

DELAY = timedelta(hours=24)
"""How long after an hour its label is known."""
BATCH = 2_000
RETRY_SECONDS = 180.0
ALARMS = "alert.opened"

T = TypeVar("T")


@dataclass(slots=True)
class Cursor:
    """How far the replay is, kept in a file after each simulated day, so that a killed replay goes on from there.

    `day`: the day to play next; `waiting`: answers to the day before, without labels yet; `errors`: [rows, |error|, labels] by event
    day; `sequence`: the last event that was printed. What is sent twice after a kill changes nothing: ids and rows are the same.
    """

    day: datetime
    is_trained: bool = False
    is_done: bool = False
    predictions: int = 0
    failed: int = 0
    seconds: float = 0.0
    sequence: int = 0
    waiting: dict[str, float] = field(default_factory=dict)
    errors: dict[str, list[float]] = field(default_factory=dict)

    @staticmethod
    def read(file: Path, start: datetime) -> Cursor:
        """The one in the file, else one at the start. Raises Conflict for a file of something else."""
        try:
            return msgspec.json.decode(file.read_bytes(), type=Cursor)
        except FileNotFoundError:
            return Cursor(start)
        except msgspec.DecodeError as error:
            raise Conflict(f"{file} is no cursor of a replay ({error}): choose another --home") from error

    def write(self, file: Path) -> None:
        """Replace the file in one step, so that it is whole whenever the process is killed."""
        part = file.with_name(file.name + ".part")
        part.write_bytes(msgspec.json.encode(self))
        os.replace(part, file)

    def day_errors(self) -> dict[date, DayError]:
        return {date.fromisoformat(day): DayError(int(rows), absolute, labels) for day, (rows, absolute, labels) in self.errors.items()}


@dataclass(frozen=True, slots=True)
class LoopEvent:
    """An event of the loop, as the history has it."""

    sequence: int
    kind: str
    subject: str
    payload: JsonObject
    at: datetime | None


class Replay:
    """Plays a scene against a server.

    `notify` is called with each new event, `progress` after each day, `revive` whenever the server does not answer.
    """

    def __init__(
        self,
        client: Client,
        scene: Scene,
        cursor_file: Path,
        *,
        token: str,
        notify: Callable[[LoopEvent], None],
        progress: Callable[[Cursor], None],
        revive: Callable[[], None] = lambda: None,
    ) -> None:
        self.client, self.scene, self.cursor_file = client, scene, cursor_file
        self.project = client.project(scene.name)
        self.cursor = Cursor.read(cursor_file, scene.start)
        self._notify, self._progress, self._revive = notify, progress, revive
        headers = {"Authorization": f"Bearer {token}"}
        self._server = RetryingClient(self._server_url, headers, within_seconds=RETRY_SECONDS)
        self._labels = RetryingClient(self._server_url, headers, within_seconds=RETRY_SECONDS)
        self._endpoint = RetryingClient(self._endpoint_url, headers, within_seconds=RETRY_SECONDS)
        self._labeller = ThreadPoolExecutor(1, thread_name_prefix="labels")
        self._labelling: list[Future[None]] = []
        self._unlabelled: deque[Moment] = deque()

    def prepare(self) -> None:
        """Bring in the rows before the start and train the first model. Raises Conflict if no model is served then."""
        if self.cursor.is_trained:
            return
        name = self.scene.name
        for rows in batches(self.scene.history(), BATCH):
            self._push(rows)
        self.advance_watermark(self.scene.start)
        if self._serving() is None:
            self._retry(self._train)
            self.advance_watermark(self.scene.start)
        if self._serving() is None:
            raise Conflict(f"the first model of {name} does not serve: `meguri loop history` and `meguri pipelines runs` say why")
        self.cursor.is_trained = True
        self.cursor.write(self.cursor_file)

    def _train(self) -> None:
        """Start the first training, unless it was and only the answer was lost: a second one would be another version."""
        if not self.project.pipeline_runs.list():
            self.project.pipelines.start(self.project.pipelines.list()[0]["name"])

    def run(self) -> None:
        """Play every day that was not played, then send the last labels."""
        last: list[Moment] = []
        for day, moments in self.scene.days():
            if day >= self.cursor.day:
                self.recall(last)
                self.play_day(day, moments)
            last = moments
        self.recall(last)
        self.release(self.scene.end + DELAY)
        for more in (1, 2, 3):
            self.advance_watermark(self.scene.end + more * DAY)
        self.cursor.is_done = True
        self.cursor.write(self.cursor_file)

    def recall(self, yesterday: Sequence[Moment]) -> None:
        """After a restart, what was predicted yesterday still waits for its label."""
        if not self._unlabelled:
            self._unlabelled.extend(moment for moment in yesterday if moment.id in self.cursor.waiting)

    def play_day(self, day: datetime, moments: Sequence[Moment]) -> None:
        """Predict the moments of a day, send the labels that become known in it, and advance the watermark to its end."""
        began = time.monotonic()
        for at, together in groupby(moments, key=lambda each: each.at):
            self.release(at)
            for moment in together:
                self.predict(moment)
        self.release(day + DAY)
        self.advance_watermark(day + DAY)
        self.cursor.day = day + DAY
        self.cursor.failed += self._endpoint.failed
        self._endpoint.failed = 0
        self.cursor.seconds += time.monotonic() - began
        self.cursor.write(self.cursor_file)
        self._progress(self.cursor)

    def predict(self, moment: Moment) -> None:
        """Send the request of a moment to the endpoint and keep its answer."""
        inputs = [{"name": self.scene.entity, "shape": [1], "datatype": "BYTES", "data": [moment.entity]}]
        for name, value in moment.request.items():
            datatype = "INT64" if isinstance(value, int) else "FP64"
            inputs.append({"name": name, "shape": [1], "datatype": datatype, "data": [value]})
        body = {"id": moment.id, "parameters": {"event_time": micros(moment.at)}, "inputs": inputs}
        answer = self._endpoint.post(f"/v2/models/{self.scene.name}/infer", body)
        output = float(answer["outputs"][0]["data"][0])
        self.cursor.predictions += 1
        self.cursor.waiting[moment.id] = output
        self._count(moment, output, 1)
        self._unlabelled.append(moment)

    def release(self, now: datetime) -> None:
        """Send every label that is known by now: the row to its source, and the label where the row was accepted."""
        known: list[Moment] = []
        while self._unlabelled and self._unlabelled[0].at + DELAY <= now:
            known.append(self._unlabelled.popleft())
        if not known:
            return
        refused = self._push([moment.row for moment in known])
        labels = []
        for place, moment in enumerate(known):
            output = self.cursor.waiting.pop(moment.id)
            if place in refused:
                self._count(moment, output, -1)
            else:
                labels.append({"prediction_id": moment.id, "value": moment.label})
        if labels:
            self._labelling.append(self._labeller.submit(self._send_labels, labels))

    def _send_labels(self, labels: list[JsonObject]) -> None:
        self._labels.post(f"/api/v1/projects/{self.scene.name}/endpoints/{self.scene.name}/labels", {"labels": labels})

    def _count(self, moment: Moment, output: float, sign: int) -> None:
        sums = self.cursor.errors.setdefault(moment.at.date().isoformat(), [0, 0.0, 0.0])
        for place, value in enumerate((1, abs(output - moment.label), moment.label)):
            sums[place] += sign * value

    def _push(self, rows: Sequence[JsonObject]) -> set[int]:
        """Places of the rows that were put in quarantine."""
        answer = self._server.post(f"/api/v1/projects/{self.scene.name}/sources/{self.scene.source}/push", {"rows": rows})
        return {each["row"] for each in answer["quarantined"]}

    def advance_watermark(self, until: datetime) -> None:
        """Advance the watermark, wait for all that follows from it, then report the new events."""
        self.finish_labels()
        self._retry(lambda: self.project.advance_watermark(until))
        self.report_events()

    def finish_labels(self) -> None:
        """Wait until the labels that were released are accepted."""
        for future in self._labelling:
            future.result()
        self._labelling.clear()

    def report_events(self) -> None:
        """Call `tell` with each event that it was not called with."""
        for event in list(self.events(after=self.cursor.sequence)):
            self.cursor.sequence = event.sequence
            self._notify(event)

    def events(self, after: int = 0, kinds: Sequence[str] | None = None) -> Iterable[LoopEvent]:
        """The history of the project, the oldest first."""
        while True:
            query = {"after": after, "limit": 1_000, "kinds": ",".join(kinds) if kinds else None}
            page = self._retry(partial(self.project.events.list, **query))
            for each in page:
                at = each.get("event_at")
                yield LoopEvent(each["sequence"], each["kind"], each["subject"], each["payload"], None if at is None else _time(at))
            if len(page) < 1_000:
                return
            after = page[-1]["sequence"]

    def results(self) -> JsonObject:
        """The figures of the whole replay, from its own records and the server's history."""
        kinds = (ALARMS, "trigger.fired", "promotion.approved", "promotion.rejected", "deployment.rolled_back")
        events = [event for event in self.events(kinds=kinds) if event.payload.get("gate") != "first"]
        counts = {kind: sum(event.kind == kind for event in events) for kind in kinds}
        alarms = [event.at for event in events if event.kind == ALARMS and event.at is not None]
        return {
            "predictions": self.cursor.predictions,
            "failed_requests": self.cursor.failed,
            "retrains": counts["trigger.fired"],
            "promotions": counts["promotion.approved"],
            "rejected": counts["promotion.rejected"],
            "rollbacks": counts["deployment.rolled_back"],
            **self.scene.results(self.cursor.day_errors(), alarms),
        }

    def static_error(self, metric: str, end: datetime) -> float:
        """What the first version would have reached on the very rows that were served: the server scores it on their logged inputs."""
        first = next(iter(self.events(kinds=["model_version.created"]))).subject
        body = {"version": first, "start": iso(self.scene.start), "end": iso(end)}
        path = f"/api/v1/projects/{self.scene.name}/endpoints/{self.scene.name}/comparisons"
        answer = self._retry(lambda: self.client.post(path, body))
        return float(answer["other"][metric])

    def close(self) -> None:
        self._labeller.shutdown(wait=False, cancel_futures=True)
        for wire in (self._server, self._labels, self._endpoint):
            wire.close()

    def _serving(self) -> str | None:
        found = self._retry(lambda: self.project.endpoints.get(self.scene.name))
        version: str | None = found.get("version")
        return version

    def _server_url(self) -> str:
        self._retry(lambda: self.client.get("/health"))  # finds the server again where it moved
        return self.client.connection.url

    def _endpoint_url(self) -> str:
        found = self._retry(lambda: self.project.endpoints.get(self.scene.name))
        if found["url"] is None:
            raise ConnectionError(f"endpoint {self.scene.name} is {found['state']}")
        return str(found["url"])

    def _retry(self, ask: Callable[[], T]) -> T:
        """Ask again while the server is unavailable."""
        return retrying(Unavailable, within_seconds=RETRY_SECONDS, longest_seconds=0.2, on_error=lambda _error: self._revive())(ask)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def ensure_same_scene(file: Path, description: JsonObject) -> None:
    """Write down what a home replays, or check that it is this. Raises Conflict."""
    if file.exists():
        known = msgspec.json.decode(file.read_bytes())
        if known != description:
            raise Conflict(f"{file.parent} holds a replay of {known}, not of {description}: choose another --home, or delete it")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.encode(description))
