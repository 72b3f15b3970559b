"""The event log, its consumers, and each project's event-time watermark."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, select, update

from meguri.core.actor import SYSTEM, acting_as, current_actor
from meguri.core.errors import Invalid, NotFound, Unavailable
from meguri.core.times import Clock, iso
from meguri.db.dialect import insert_ignore
from meguri.db.engine import Database, wake
from meguri.events.tables import deliveries, events, watermarks

logger = logging.getLogger(__name__)

INSTALLATION = ""
"""The project of events that concern the whole installation."""


RETRY_SECONDS = (0.5, 2.0, 8.0, 30.0)
"""How long a consumer that failed is left alone, attempt by attempt."""
ATTEMPTS = len(RETRY_SECONDS) + 1
"""How often a consumer is tried before its delivery has failed (`meguri doctor` lists those, `meguri events retry` tries them again)."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `at` is wall time, `event_at` the project's watermark then, where there was one.

    `project` is empty for what concerns the installation (users, tokens, sign-ins). `actor`: `user:NAME`, `token:USER/NAME`,
    `trigger:NAME`, `system`, or `anonymous` (a sign-in that failed); `unknown` in events of v0.1.0a1.
    """

    sequence: int
    kind: str
    project: str
    subject: str
    payload: dict[str, Any]  # Any: JSON
    at: datetime
    event_at: datetime | None
    actor: str


Handler = Callable[[Connection, Event], None]


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """An event that a consumer failed to process, as often as it was tried."""

    sequence: int
    kind: str
    project: str
    consumer: str
    error: str


class Events:
    """Adds events, and delivers each to its consumers exactly once, in order of sequence. A consumer that failed is tried again after a
    growing while, and gets no later event of the same project meanwhile.

    A delivery row is written in the transaction of the event, so a crash loses nothing; the handler runs in the transaction that marks
    the row as done, so nothing is done twice.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db, self.clock = db, clock
        self._handlers: dict[str, dict[str, Handler]] = {}

    def on(self, kind: str, consumer: str, handler: Handler) -> None:
        """Let `consumer` answer events of a kind from now on. The handler is short and calls nothing over a network."""
        self._handlers.setdefault(kind, {})[consumer] = handler

    def add(
        self,
        tx: Connection,
        kind: str,
        *,
        project: str,
        subject: str,
        payload: dict[str, Any],  # Any: JSON
        event_at: datetime | None = None,
        actor: str | None = None,
    ) -> int:
        """Write an event and the delivery rows of its consumers; returns its sequence number. Without `actor`, the current one."""
        row = {
            "kind": kind,
            "project": project,
            "subject": subject,
            "payload": payload,
            "at": self.clock(),
            "event_at": event_at or self.watermark(tx, project),
            "actor": actor or current_actor(),
        }
        sequence = int(tx.execute(insert(events).returning(events.c.sequence), row).scalar_one())
        consumers = self._handlers.get(kind, {})
        insert_ignore(
            tx,
            deliveries,
            [{"sequence": sequence, "consumer": each, "project": project, "state": "pending", "attempts": 0} for each in consumers],
        )
        wake(tx)
        return sequence

    def deliver(self) -> int:
        """Give every pending event that is due to its consumers; returns how many deliveries were done. One thread at a time calls this.

        Raises Unavailable where the database or its disk is away: call it again later, nothing was skipped.
        """
        done = 0
        while (found := self._next()) is not None:
            done += self._hand_over(*found)
        return done

    def _next(self) -> tuple[Event, str, int] | None:
        waiting = deliveries.alias()
        is_blocked = exists().where(
            waiting.c.consumer == deliveries.c.consumer,
            waiting.c.project == deliveries.c.project,
            waiting.c.state == "pending",
            waiting.c.sequence <= deliveries.c.sequence,
            waiting.c.retry_at > self.clock(),
        )
        query = (
            select(events, deliveries.c.consumer, deliveries.c.attempts)
            .join(deliveries, deliveries.c.sequence == events.c.sequence)
            .where(deliveries.c.state == "pending", ~is_blocked)
            .order_by(events.c.sequence, deliveries.c.consumer)
            .limit(1)
        )
        with self.db.read() as tx:
            row = tx.execute(query).first()
        return None if row is None else (_event(row), str(row.consumer), int(row.attempts))

    def _hand_over(self, event: Event, consumer: str, attempts: int) -> bool:
        mine = (deliveries.c.sequence == event.sequence) & (deliveries.c.consumer == consumer)
        handler = self._handlers.get(event.kind, {}).get(consumer)
        try:
            with acting_as(SYSTEM), self.db.write() as tx:
                if handler is not None:
                    handler(tx, event)
                tx.execute(update(deliveries).where(mine).values(state="done"))
                wake(tx)
            return True
        except Unavailable:  # the ledger or its disk is away: no fault of the consumer, the same delivery is tried again later
            raise
        except Exception as error:  # whatever a consumer raises must not stop the others; it is kept and shown
            logger.exception("delivery failed", extra={"sequence": event.sequence, "kind": event.kind, "consumer": consumer})
            values: dict[str, Any] = {"attempts": attempts + 1, "error": f"{type(error).__name__}: {error}"}  # Any: columns
            if attempts < len(RETRY_SECONDS):
                values["retry_at"] = self.clock() + timedelta(seconds=RETRY_SECONDS[attempts])
            else:
                values["state"] = "failed"
            with self.db.write() as tx:
                tx.execute(update(deliveries).where(mine).values(**values))
            return False

    def retry(self, tx: Connection, *, project: str | None = None, sequence: int | None = None) -> int:
        """Let failed deliveries (of a project, of one event) be tried again, as if for the first time; returns how many. Raises NotFound
        where there is none."""
        chosen = deliveries.c.state == "failed"
        if project is not None:
            chosen &= deliveries.c.project == project
        if sequence is not None:
            chosen &= deliveries.c.sequence == sequence
        found = [each for each in self.failed(tx, project) if sequence in (None, each.sequence)]
        if not found:
            raise NotFound("failed_delivery", str(sequence or project or "of any project"), "`meguri events failed` lists those there are")
        for each in found:
            payload = {"sequence": each.sequence, "kind": each.kind, "consumer": each.consumer}
            self.add(tx, "delivery.retried", project=each.project, subject=each.consumer, payload=payload)
        tx.execute(update(deliveries).where(chosen).values(state="pending", attempts=0, retry_at=None))
        return len(found)

    def pending(self, tx: Connection, project: str) -> int:
        """How many deliveries of a project wait."""
        query = select(func.count()).select_from(deliveries).where(deliveries.c.project == project, deliveries.c.state == "pending")
        return int(tx.execute(query).scalar_one())

    def failed(self, tx: Connection, project: str | None = None) -> list[FailedDelivery]:
        """The deliveries that failed for good, of one project or of all."""
        query = (
            select(deliveries, events.c.kind).join(events, events.c.sequence == deliveries.c.sequence).where(deliveries.c.state == "failed")
        )
        if project is not None:
            query = query.where(deliveries.c.project == project)
        return [FailedDelivery(row.sequence, row.kind, row.project, row.consumer, row.error or "") for row in tx.execute(query)]

    def list(
        self,
        tx: Connection,
        *,
        project: str | None = None,
        kinds: Sequence[str] | None = None,
        subject: str | None = None,
        actor: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: int = 0,
        before: int | None = None,
        limit: int = 200,
        newest_first: bool = False,
    ) -> list[Event]:
        """Events in order of sequence (or the newest first), after or before a sequence number; written from `since` to before `until`."""
        query = select(events).where(events.c.sequence > after).limit(limit)
        if project is not None:
            query = query.where(events.c.project == project)
        if kinds is not None:
            query = query.where(events.c.kind.in_(kinds))
        for column, wanted in ((events.c.subject, subject), (events.c.actor, actor)):
            if wanted is not None:
                query = query.where(column == wanted)
        if since is not None:
            query = query.where(events.c.at >= since)
        if until is not None:
            query = query.where(events.c.at < until)
        if before is not None:
            query = query.where(events.c.sequence < before)
        query = query.order_by(events.c.sequence.desc() if newest_first else events.c.sequence)
        return [_event(row) for row in tx.execute(query)]

    def watermark(self, tx: Connection, project: str) -> datetime | None:
        """The watermark: the event time before which everything was sent; None before the first advance."""
        return tx.execute(select(watermarks.c.at).where(watermarks.c.project == project)).scalar_one_or_none()

    def advance(self, tx: Connection, project: str, to: datetime) -> bool:
        """Move the watermark forward and say so as `watermark.advanced`; gives False where it is there already."""
        if to.tzinfo is None:
            raise Invalid("to", "a watermark needs a time zone")
        former = self.watermark(tx, project)
        if former is not None and to <= former:
            return False
        if former is None:
            insert_ignore(tx, watermarks, [{"project": project, "at": to}])
        else:
            tx.execute(update(watermarks).where(watermarks.c.project == project).values(at=to))
        payload = {"from": None if former is None else iso(former), "to": iso(to)}
        self.add(tx, "watermark.advanced", project=project, subject=project, payload=payload, event_at=to)
        return True


def _event(row: Row[Any]) -> Event:  # Any: a row of a dynamic select
    return Event(row.sequence, row.kind, row.project, row.subject, row.payload, row.at, row.event_at, row.actor)
