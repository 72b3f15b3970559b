"""What open pages are told of the ledger."""

from __future__ import annotations

import pytest

from meguri.server.commits import Commits
from meguri.server.stream import GAP_SECONDS, Stream
from meguri.testing.ledger import Ledger, SettableClock


def add(ledger: Ledger, *subjects: str) -> None:
    with ledger.db.write() as tx:
        for subject in subjects:
            ledger.events.add(tx, "snapshot.taken", project="bikes", subject=subject, payload={})


def told(stream: Stream, after: int) -> tuple[list[str], bool]:
    found, waits = stream.after(after)
    return [event.subject for event in found], waits


def test_events_come_in_their_order(ledger: Ledger) -> None:
    add(ledger, "one", "two")
    assert told(Stream(ledger.db, ledger.events, Commits()), 0) == (["one", "two"], False)
    assert told(Stream(ledger.db, ledger.events, Commits()), 1) == (["two"], False)


@pytest.mark.parametrize("db", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_an_event_that_is_committed_after_a_later_one_is_told_of(ledger: Ledger) -> None:
    stream = Stream(ledger.db, ledger.events, Commits())
    add(ledger, "one")
    with ledger.db.write() as tx:
        ledger.events.add(tx, "snapshot.taken", project="bikes", subject="two", payload={})
        add(ledger, "three")
        assert told(stream, 0) == (["one"], True)
    assert told(stream, 1) == (["two", "three"], False)


@pytest.mark.parametrize("db", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_the_number_of_a_transaction_that_failed_is_passed_over_after_a_while(ledger: Ledger, clock: SettableClock) -> None:
    stream = Stream(ledger.db, ledger.events, Commits())
    with pytest.raises(ZeroDivisionError), ledger.db.write() as tx:
        ledger.events.add(tx, "snapshot.taken", project="bikes", subject="one", payload={})
        raise ZeroDivisionError
    add(ledger, "two")
    assert told(stream, 0) == ([], True)
    clock.advance(GAP_SECONDS)
    assert told(stream, 0) == (["two"], False)
