"""The contract of the online port."""

from __future__ import annotations

import pytest

from meguri.ports.online import OnlineRow, OnlineStore

RENTALS, TRIPS = b"rentals-", b"trips---"


def stream(source: bytes, entity: str) -> bytes:
    return source + entity.encode().ljust(16)


def row(entity: str, at: int, identity: str = "only", value: bytes = b"v", source: bytes = RENTALS) -> OnlineRow:
    return OnlineRow(stream(source, entity), at, identity.encode().ljust(8), value)


class OnlineContract:
    """Subclass it with an `online` fixture that gives an empty store."""

    @pytest.fixture
    def online(self) -> OnlineStore:
        raise NotImplementedError

    def test_a_range_is_open_below_and_closed_above(self, online: OnlineStore) -> None:
        online.put([row("a", at, value=str(at).encode()) for at in (30, 10, 20)])
        assert values(online, "a", 10, 30) == [b"20", b"30"]
        assert values(online, "a", 9, 29) == [b"10", b"20"]
        assert values(online, "a", 30, 30) == values(online, "a", 30, 10) == []

    def test_order_is_time_then_identity(self, online: OnlineStore) -> None:
        online.put([row("a", 5, "z", b"3"), row("a", 5, "a", b"2"), row("a", -5, "m", b"1")])
        assert online.range(stream(RENTALS, "a"), -10, 10) == [(-5, b"m       ", b"1"), (5, b"a       ", b"2"), (5, b"z       ", b"3")]

    def test_the_same_event_again_is_not_new_and_changes_nothing(self, online: OnlineStore) -> None:
        assert online.put([row("a", 1, value=b"first"), row("a", 1, value=b"second"), row("a", 2)]) == [True, False, True]
        assert online.put([row("a", 1, value=b"third")]) == [False]
        assert values(online, "a", 0, 1) == [b"first"]

    def test_entities_and_sources_are_apart(self, online: OnlineStore) -> None:
        online.put([row("a", 1, value=b"a"), row("ab", 1, value=b"ab"), row("a", 1, value=b"trip", source=TRIPS)])
        assert values(online, "a", 0, 9) == [b"a"]

    def test_times_before_1970_and_the_widest_range_work(self, online: OnlineStore) -> None:
        online.put([row("a", at, value=str(at).encode()) for at in (-(10**15), 0, 10**15)])
        assert values(online, "a", -(10**30), 10**30) == [b"-1000000000000000", b"0", b"1000000000000000"]
        assert values(online, "a", -1, 10**30) == [b"0", b"1000000000000000"]

    def test_old_events_of_one_source_can_be_deleted(self, online: OnlineStore) -> None:
        online.put([row("a", 1), row("b", 1), row("b", 2, value=b"kept"), row("a", 1, value=b"trip", source=TRIPS)])
        assert online.delete_before(RENTALS, 2) == 2
        assert online.delete_before(RENTALS, 2) == 0
        assert (values(online, "a", 0, 9), values(online, "b", 0, 9)) == ([], [b"kept"])
        assert online.range(stream(TRIPS, "a"), 0, 9) == [(1, b"only    ", b"trip")]

    def test_many_large_values_fit_without_asking(self, online: OnlineStore) -> None:
        size = 40_000
        for start in range(0, 400, 100):
            assert all(online.put([row("a", at, value=bytes([at % 256]) * size) for at in range(start, start + 100)]))
        found = values(online, "a", -1, 399)
        assert [value[0] for value in found] == [at % 256 for at in range(400)]
        assert {len(value) for value in found} == {size}

    def test_flushing_changes_nothing_that_is_read(self, online: OnlineStore) -> None:
        online.put([row("a", 1)])
        online.flush()
        assert values(online, "a", 0, 1) == [b"v"]


def values(online: OnlineStore, entity: str, after: int, until: int) -> list[bytes]:
    return [value for _, _, value in online.range(stream(RENTALS, entity), after, until)]
