from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meguri.sdk.spool import BATCH_POINTS, Header, Record, Spool, encode, next_batch

HEADER = Header("run_1", "w_1", "http://a")


def points(first: int, count: int = 1) -> Record:
    return "points", first, [("loss", first + index, 0.5, 0) for index in range(count)]


def records(spool: Spool, length: int = 1 << 20) -> list[Record]:
    return [(kind, first, [tuple(each) for each in content]) for (kind, first, content), _ in spool.read(spool.start, length)]


def test_what_was_appended_is_read_by_whoever_adopts_the_file(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path / "spool", HEADER)
    assert spool.append(encode(points(0, 3))) and spool.append(encode(points(3)))
    assert Spool.adopt(spool.path) is None  # its writer lives
    spool.close(delete=False)
    adopted = Spool.adopt(spool.path)
    assert adopted is not None and adopted.header == HEADER
    assert records(adopted) == [points(0, 3), points(3)]
    adopted.close(delete=True)
    assert list((tmp_path / "spool").iterdir()) == []


def test_torn_last_line_is_left_out(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path, HEADER)
    spool.append(encode(points(0)))
    with spool.path.open("ab") as stream:
        stream.write(encode(points(1))[:-5])
    assert records(spool) == [points(0)]


def test_record_longer_than_what_is_read_at_once_is_read_whole(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path, HEADER)
    spool.append(encode(points(0, 200)))
    spool.append(encode(points(200)))
    assert records(spool, length=64) == [points(0, 200), points(200)]


def test_emptied_spool_keeps_its_header(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path, HEADER)
    spool.append(encode(points(0)))
    spool.empty()
    spool.append(encode(points(1)))
    spool.close(delete=False)
    adopted = Spool.adopt(spool.path)
    assert adopted is not None and (adopted.header, records(adopted)) == (HEADER, [points(1)])


def test_file_without_a_header_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "a.spool").write_bytes(b'{"run":"ru')
    assert Spool.adopt(tmp_path / "a.spool") is None
    assert not (tmp_path / "a.spool").exists()
    assert Spool.adopt(tmp_path / "absent.spool") is None


def test_spool_is_for_its_owner_alone(tmp_path: Path) -> None:
    assert os.stat(Spool.create(tmp_path, HEADER).path).st_mode & 0o777 == 0o600


def test_folder_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        Spool.create(tmp_path / "file", HEADER)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 5_000), max_size=20))
def test_batches_hold_all_points_in_order_and_not_too_many(sizes: list[int]) -> None:
    sent: list[Record] = []
    number = 0
    for size in sizes:
        sent.append(points(number, size))
        number += size
    rest = [(record, end) for end, record in enumerate(sent, start=1)]
    had: list[object] = []
    while (batch := next_batch(rest)) is not None:
        kind, first, content = batch.merged()
        assert (kind, first) == ("points", len(had)) and len(content) <= BATCH_POINTS
        had += content
        rest = [(record, end) for record, end in rest if end > batch.end]
    assert had == [point for _, _, content in sent for point in content]


def test_kinds_are_not_mixed_and_values_are_merged() -> None:
    mixed: list[Record] = [("params", 0, {"a": 1, "b": 1}), ("params", 0, {"a": 2}), ("tags", 0, {"a": 3}), ("end", 0, ["finished", None])]
    first = next_batch((record, end) for end, record in enumerate(mixed))
    assert first is not None and (first.merged(), first.end) == (("params", 0, {"a": 2, "b": 1}), 1)
    last = next_batch([(mixed[3], 4), (mixed[3], 5)])
    assert last is not None and (last.merged(), last.end) == (mixed[3], 4)
