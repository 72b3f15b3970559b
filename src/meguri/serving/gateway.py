"""Answers predictions: checks, looks up features, asks the model, logs, and only then answers. No database is on this path."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from meguri.core.definitions.features import DType
from meguri.core.definitions.models import Value
from meguri.core.errors import Conflict, Invalid, MeguriError, Unavailable
from meguri.core.ids import NewId
from meguri.core.times import from_micros, iso
from meguri.serving.live import Live
from meguri.serving.segments import PredictionLog, PredictionRecord

CLOCK_SLACK = 60_000_000
"""Microseconds by which a client's clock may be ahead of ours."""

LONGEST_ID = 200
_ROW_ID = re.compile(r"~\d+$")
MOST_ROWS = 100_000

_encode = msgspec.msgpack.Encoder().encode


class Failed(MeguriError):
    """The model itself failed; nothing of the request was kept."""


@dataclass(frozen=True, slots=True)
class PredictionRequest:
    """Rows to predict. `columns`: one value a row for the entity's key and each request column; `event_at`: microseconds, None for now."""

    id: str | None
    columns: Mapping[str, Sequence[Value]]
    rows: int
    event_at: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One output a row. `repeated`: it is the first answer to this id, given again."""

    id: str
    version: str
    deployment: str
    event_at: int
    outputs: list[float]
    repeated: bool = False


@dataclass(slots=True)
class Counts:
    """What the gateway has done since it started."""

    predictions: int = 0
    repeated: int = 0
    lookups: int = 0


class Gateway:
    """The live version of one endpoint and its prediction log. One thread uses it (the event loop's), and an answer is never interrupted,
    so two requests with one id cannot both be first.
    """

    def __init__(self, endpoint: str, log: PredictionLog, now: Callable[[], int], new_id: NewId) -> None:
        self.endpoint, self.log = endpoint, log
        self.counts = Counts()
        self._now, self._new_id = now, new_id
        self._live: Live | None = None
        self.why_not = "it has just started"

    @property
    def live(self) -> Live:
        """Raises Unavailable while no version is live."""
        if self._live is None:
            raise Unavailable(f"endpoint {self.endpoint!r}", f"{self.why_not}; deploy a version, or wait until one is live")
        return self._live

    def find_live(self) -> Live | None:
        return self._live

    def swap(self, live: Live) -> None:
        """Answer with another version from the next request on. The reference is kept first, so that profiles can always be rebuilt."""
        self.log.shelf.put(live.spec)
        former, self._live = self._live, live
        if former is not None:
            former.runner.close()

    def predict(self, request: PredictionRequest) -> Answer:
        """Answer every row or none.

        A request that is sent again gets its first answer, whatever version is live now. Raises Conflict where its id was given to another
        request, Invalid (nothing was logged), Unavailable (no version is live, or the log takes no more), Failed (the model gave no
        number).
        """
        live = self.live
        id, ids = self._ids(request)
        asked = _digest(request)
        if request.id is not None and (first := self._find_first(id, ids, asked)):
            return self._repeat(id, first)
        now = self._now()
        if request.event_at is None and live.spec.on_event_time:
            why = 'is missing, and this project runs on event time: send "parameters": {"event_time": "2011-05-01T00:00:00Z"}'
            raise Invalid("event_time", why)
        at = now if request.event_at is None else request.event_at
        self._check(live, request, at, now)
        rows = self._rows(live, request, at)
        outputs = self._run(live, rows)
        spec, entities = live.spec, request.columns[live.key]
        records = [
            PredictionRecord(row_id, at, now, spec.deployment, spec.version, entity, row, output, asked)
            for row_id, entity, row, output in zip(ids, entities, rows, outputs, strict=True)
        ]
        self.log.append(records)
        self.counts.predictions += len(records)
        return Answer(id, spec.version, spec.deployment, at, outputs)

    def _ids(self, request: PredictionRequest) -> tuple[str, list[str]]:
        if not 0 < request.rows <= MOST_ROWS:
            raise Invalid("inputs", f"{request.rows} rows: send between 1 and {MOST_ROWS} in one request")
        id = request.id if request.id is not None else self._new_id("pred")
        if not 0 < len(id) <= LONGEST_ID:
            raise Invalid("id", f"has {len(id)} characters: send between 1 and {LONGEST_ID}, or none to get one")
        if "\0" in id:
            raise Invalid("id", "holds a NUL character, which PostgreSQL cannot keep: send an id without it, or none to get one")
        if (row := _ROW_ID.search(id)) is not None:
            why = f"{id[-40:]!r} ends in {row[0]}, which names a row of request {id[: row.start()][-40:]!r}: send another id"
            raise Invalid("id", why)
        return id, [id] if request.rows == 1 else [f"{id}~{row}" for row in range(request.rows)]

    def _find_first(self, id: str, ids: list[str], asked: int) -> list[PredictionRecord]:
        """What was answered to this very request before; empty for a new one. Raises Conflict where the id was given to another."""
        known = self.log.find_all(list(dict.fromkeys((id, f"{id}~0", *ids))))
        if not known:
            return []
        first = [known[each] for each in ids if each in known]
        if len(first) < len(ids) or len(first) < len(known) or any(each.asked not in (0, asked) for each in first):
            why = "was given to another request (other inputs, another event time or another number of rows)"
            raise Conflict(f"id {id[:80]!r} {why}: give every request an id of its own, or none to get one", id=id[:80])
        return first

    def _repeat(self, id: str, records: list[PredictionRecord]) -> Answer:
        self.counts.repeated += len(records)
        head = records[0]
        return Answer(id, head.mv, head.dep, head.at, [each.output for each in records], repeated=True)

    def _check(self, live: Live, request: PredictionRequest, at: int, now: int) -> None:
        columns = request.columns
        if columns.keys() != live.columns.keys():
            for name in live.columns:
                if name not in columns:
                    raise Invalid(name, f"is missing: this endpoint takes {describe(live.columns)}")
            name = next(name for name in columns if name not in live.columns)
            raise Invalid(name, f"is not an input of this endpoint: it takes {describe(live.columns)}, and looks the rest up itself")
        for name in live.never_missing:
            if None in columns[name]:
                kind = "the entity's key" if name == live.key else f"a {live.columns[name]} input"
                raise Invalid(name, f"row {list(columns[name]).index(None)} is null, but {kind} needs a value")
        if at < 0:
            raise Invalid("event_time", f"{iso(from_micros(at))} is before 1970: send the time of the event")
        if at > now + CLOCK_SLACK:
            raise Invalid(
                "event_time", f"{iso(from_micros(at))} is in the future (it is {iso(from_micros(now))} here): send the time of the event"
            )

    def _rows(self, live: Live, request: PredictionRequest, at: int) -> list[tuple[Value, ...]]:
        columns, places, lookup = request.columns, live.places, live.lookup
        if lookup is None:
            return list(zip(*(columns[name] for name, _ in places), strict=True))
        known: dict[tuple[Value, ...], Mapping[str, Value]] = {}
        found: list[Mapping[str, Value]] = []
        for row, entity in enumerate(columns[live.key]):
            keys = {name: columns[name][row] for name in live.keys}
            who = (entity, *keys.values())
            if who not in known:
                known[who] = lookup.lookup(entity, at, keys)
            found.append(known[who])
        self.counts.lookups += len(known)
        return list(zip(*(columns[name] if requested else [each[name] for each in found] for name, requested in places), strict=True))

    def _run(self, live: Live, rows: list[tuple[Value, ...]]) -> list[float]:
        try:
            outputs = live.runner.predict(rows)
        except MeguriError:
            raise
        except Exception as error:  # the runtime of a model may fail in any way, and must not end the process
            raise Failed(
                f"{live.spec.version} failed on this request ({type(error).__name__}): nothing was logged, see the endpoint's log"
            ) from error
        for number, output in enumerate(outputs):
            if not math.isfinite(output):
                missing = [name for (name, _), value in zip(live.places, rows[number], strict=True) if value is None]
                because = f"its inputs {', '.join(missing)} are missing" if missing else "its inputs are complete"
                raise Failed(
                    f"{live.spec.version} gives no number for row {number} ({because}):"
                    " send the values, or train a model that takes missing ones"
                )
        return outputs


def _digest(request: PredictionRequest) -> int:
    """A positive number of 63 bits of inputs, event time and number of rows; the order of the columns does not matter."""
    columns = [(name, list(values)) for name, values in sorted(request.columns.items())]
    content = _encode((columns, request.event_at, request.rows))
    return int.from_bytes(blake2b(content, digest_size=8).digest()) >> 1 | 1


def describe(columns: Mapping[str, DType]) -> str:
    """`city (str), hr (int)`."""
    return ", ".join(f"{name} ({dtype})" for name, dtype in columns.items())
