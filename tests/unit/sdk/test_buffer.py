from __future__ import annotations

import logging
import resource
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meguri.core.errors import Invalid, RunFinished, Unavailable
from meguri.core.ids import new_id
from meguri.core.points import WirePoint
from meguri.sdk.buffer import Buffer
from meguri.sdk.spool import Header, Record, Spool

QUICK = (0.0005, 0.002)


class FakeServer:
    """Takes batches as the real one does: numbers that it has had are dropped. `fails` says what happens to the next requests."""

    def __init__(self, fails: Iterable[str] = ()) -> None:
        self.points: list[Any] = []  # Any: wire points
        self.others: list[Record] = []
        self._fails = iter(fails)

    def send(self, record: Record) -> None:
        fate = next(self._fails, "works")
        if fate == "lost":
            raise Unavailable("server")
        kind, first, content = record
        if kind == "points":
            assert first <= len(self.points), "a batch was skipped"
            self.points += content[len(self.points) - first :]
        else:
            self.others.append(record)
        if fate == "answer lost":
            raise Unavailable("server")


def make(folder: Path, send: Callable[[Record], None]) -> Buffer:
    return Buffer(send, lambda: None, Spool.create(folder, Header("run_1", new_id("w"))), pauses_seconds=QUICK)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 9), max_size=12), fails=st.lists(st.sampled_from(["works", "lost", "answer lost"]), max_size=12))
def test_every_point_arrives_once_and_in_order_whatever_is_lost(tmp_path: Path, sizes: list[int], fails: list[str]) -> None:
    server = FakeServer(fails)
    buffer = make(tmp_path, server.send)
    sent: list[WirePoint] = []
    for size in sizes:
        points: list[WirePoint] = [("loss", len(sent) + index, 0.5, 0) for index in range(size)]
        buffer.add_points(points)
        sent += points
    assert buffer.drain(20)
    assert [tuple(each) for each in server.points] == sent
    assert buffer.close() == 0
    assert list(tmp_path.iterdir()) == []


def test_threads_may_add_at_once(tmp_path: Path) -> None:
    server = FakeServer()
    buffer = make(tmp_path, server.send)

    def work(key: str) -> None:
        for step in range(300):
            buffer.add_points([(key, step, 0.5, 0)])

    threads = [threading.Thread(target=work, args=(key,)) for key in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert buffer.drain(20)
    for key in "abcd":
        assert [point[1] for point in server.points if point[0] == key] == list(range(300))
    buffer.close()


def test_order_of_kinds_is_kept(tmp_path: Path) -> None:
    server = FakeServer()
    buffer = make(tmp_path, server.send)
    buffer.add("params", {"a": 1})
    buffer.add_lines(["one"])
    buffer.add_lines(["two"])
    buffer.add("end", ["finished", None])
    assert buffer.drain(20)
    texts = [line for kind, _, lines in server.others if kind == "lines" for line in lines]
    assert (texts, server.others[0], server.others[-1]) == (["one", "two"], ("params", 0, {"a": 1}), ("end", 0, ["finished", None]))
    buffer.close()


def test_what_is_not_sent_stays_in_the_file(tmp_path: Path) -> None:
    def never(record: Record) -> None:
        raise Unavailable("server")

    buffer = make(tmp_path, never)
    buffer.add_points([("loss", 1, 0.5, 0)])
    buffer.add("end", ["finished", None])
    assert not buffer.drain(0.05)
    assert buffer.close() == 2
    [path] = tmp_path.iterdir()
    spool = Spool.adopt(path)
    assert spool is not None
    assert [record for record, _ in spool.read(spool.start)] == [("points", 0, [["loss", 1, 0.5, 0]]), ("end", 0, ["finished", None])]


def test_add_returns_while_the_server_hangs(tmp_path: Path) -> None:
    gate = threading.Event()

    def hang(record: Record) -> None:
        gate.wait(20)

    buffer = make(tmp_path, hang)
    for step in range(1_000):
        buffer.add_points([("loss", step, 0.5, 0)])
    gate.set()
    assert buffer.drain(20)
    assert buffer.close() == 0


def test_finished_run_is_told_once_and_what_was_refused_is_set_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(record: Record) -> None:
        raise RunFinished("run_1")

    buffer = make(tmp_path, refuse)
    with caplog.at_level(logging.WARNING, "meguri"):
        for step in range(5):
            buffer.add_points([("loss", step, 0.5, 0)])
            buffer.drain(1)
    assert isinstance(buffer.refused, RunFinished)
    assert len(caplog.records) == 1
    buffer.add_points([("loss", 9, 0.5, 0)])
    assert buffer.close() > 0
    assert [path.suffix for path in tmp_path.iterdir()] == [".refused"]


def test_batch_that_is_invalid_does_not_hold_up_the_others(tmp_path: Path) -> None:
    server = FakeServer()

    def picky(record: Record) -> None:
        if record[0] == "tags":
            raise Invalid("tags", "no")
        server.send(record)

    buffer = make(tmp_path, picky)
    buffer.add("tags", {"a": 1})
    buffer.add_points([("loss", 1, 0.5, 0)])
    assert buffer.drain(20)
    assert len(server.points) == 1
    assert buffer.close() == 0


def test_long_spool_is_emptied_when_all_is_sent(tmp_path: Path) -> None:
    server = FakeServer()
    buffer = make(tmp_path, server.send)
    text = "x" * 5_000
    for _ in range(40):
        buffer.add_lines([text] * 50)
    assert buffer.drain(30)
    [path] = tmp_path.iterdir()
    assert path.stat().st_size < 1_000
    buffer.add_points([("loss", 1, 0.5, 0)])
    assert buffer.drain(20) and buffer.close() == 0
    assert len(server.points) == 1


def test_full_disk_keeps_order_in_memory_until_the_server_has_it(tmp_path: Path) -> None:
    gate, server = threading.Event(), FakeServer()

    def late(record: Record) -> None:
        if not gate.is_set():
            raise Unavailable("server")
        server.send(record)

    buffer = make(tmp_path, late)
    with file_size_limit(4_000):
        for step in range(200):
            buffer.add_points([("loss", step, 0.5, 0)])
    for step in range(200, 300):
        buffer.add_points([("loss", step, 0.5, 0)])
    gate.set()
    assert buffer.drain(20)
    assert [point[1] for point in server.points] == list(range(300))
    assert (buffer.close(), buffer.dropped) == (0, 0)


def test_without_a_spool_memory_does(tmp_path: Path) -> None:
    server = FakeServer(["lost", "answer lost"])
    buffer = Buffer(server.send, lambda: None, None, pauses_seconds=QUICK)
    for step in range(20):
        buffer.add_points([("loss", step, 0.5, 0)])
    assert buffer.drain(20)
    assert [point[1] for point in server.points] == list(range(20))
    assert buffer.close() == 0


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Files cannot grow beyond this, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, former)
