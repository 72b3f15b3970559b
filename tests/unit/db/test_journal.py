"""What an append-only journal promises."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.core.errors import Conflict, Invalid, Unavailable
from meguri.db.journal import START, Journal, Position, Segment


def records(journal: Journal, after: Position = START) -> list[bytes]:
    return [record for _, record in journal.read(after)]


def test_records_come_back_in_order_and_from_any_position(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "labels")
    middle = journal.append([b"a", b"b"])
    end = journal.append([b"c"])
    assert records(journal) == [b"a", b"b", b"c"]
    assert records(journal, middle) == [b"c"]
    assert records(journal, end) == []
    assert journal.end() == end
    assert [record for position, record in journal.read() for record in records(journal, position)] == [b"b", b"c", b"c"]


def test_a_journal_that_was_never_written_is_empty(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "labels")
    assert (records(journal), journal.segments(), journal.end()) == ([], [], START)
    assert not journal.path.exists()


def test_sealing_closes_a_segment_and_keeps_an_empty_one_open(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "labels")
    assert journal.seal() == 1
    journal.append([b"a"])
    assert journal.seal() == 2
    assert journal.seal() == 2
    assert journal.append([b"b"]).segment == 2
    assert journal.segments() == [Segment(1, 9, sealed=True), Segment(2, 9, sealed=False)]
    assert records(journal) == [b"a", b"b"]


def test_segment_numbers_are_never_used_twice(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "labels")
    journal.append([b"a"])
    journal.drop_before(journal.seal())
    journal.close()
    again = Journal(tmp_path, "labels")
    assert again.append([b"b"]).segment == 2
    assert records(again, Position(1, 9)) == [b"b"]


def test_segments_roll_by_size(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "labels", segment_bytes=20)
    for record in (b"first", b"second", b"third"):
        journal.append([record])
    assert [segment.number for segment in journal.segments()] == [1, 2]
    assert records(journal) == [b"first", b"second", b"third"]


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    first = Journal(tmp_path, "labels")
    first.append([b"a"])
    second = Journal(tmp_path, "labels")
    with pytest.raises(Conflict, match="another process writes"):
        second.append([b"b"])
    assert records(second) == [b"a"]
    first.close()
    second.append([b"b"])
    assert records(first) == [b"a", b"b"]


def test_empty_appends_and_empty_records_are_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "labels")
    for bad in ([], [b""], [b"a", b""]):
        with pytest.raises(Invalid, match="records"):
            journal.append(bad)


@settings(max_examples=60, deadline=None)
@given(
    appends=st.lists(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=4), min_size=1, max_size=6),
    kept=st.floats(0, 1),
)
def test_a_cut_anywhere_keeps_whole_appends_and_only_those(
    tmp_path_factory: pytest.TempPathFactory, appends: list[list[bytes]], kept: float
) -> None:
    journal = Journal(tmp_path_factory.mktemp("journal"), "j")
    ends = [journal.append(batch).offset for batch in appends]
    journal.close()
    file = journal.path / "000000000001.seg"
    size = int(kept * ends[-1])
    os.truncate(file, size)
    whole = [record for batch, end in zip(appends, ends, strict=True) if end <= size for record in batch]
    assert records(journal) == whole
    journal.append([b"next"])
    assert records(journal) == [*whole, b"next"]
    journal.close()
    assert not list(journal.path.glob("*.damaged"))


def test_a_damaged_tail_is_kept_beside_the_segment(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "j")
    good = journal.append([b"good"]).offset
    journal.append([b"spoilt"])
    journal.append([b"later"])
    journal.close()
    file = journal.path / "000000000001.seg"
    content = bytearray(file.read_bytes())
    content[good + 9] ^= 1
    file.write_bytes(content)
    journal.append([b"next"])
    assert records(journal) == [b"good", b"next"]
    assert (journal.path / "000000000001.damaged").read_bytes() == bytes(content[good:])


def test_damage_in_a_sealed_segment_is_an_error_that_names_the_place(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "j")
    journal.append([b"good"])
    journal.append([b"spoilt"])
    journal.seal()
    file = journal.path / "000000000001.seg"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(Unavailable, match="segment 1 is damaged at byte 12"):
        records(journal)


def test_a_full_disk_keeps_nothing_of_the_append_and_says_so(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "j")
    journal.append([b"kept"])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        for _ in range(2):
            with pytest.raises(Unavailable, match="nothing of this append was kept"):
                journal.append([b"x" * 60, b"y" * 60])
        assert records(journal) == [b"kept"]
        journal.append([b"small"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    journal.append([b"z" * 200])
    assert records(journal) == [b"kept", b"small", b"z" * 200]


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from meguri.db.journal import Journal
        journal = Journal(Path(sys.argv[1]), "j", segment_bytes=2_000)
        for number in range(1_000_000):
            journal.append([b"%d" % number])
            print(number, flush=True)
        """
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        for _ in range(500):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        acknowledged = 500 + len([line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")])
    journal = Journal(tmp_path, "j")
    found = records(journal)
    assert acknowledged <= len(found) <= acknowledged + 1
    assert found == [b"%d" % number for number in range(len(found))]
    journal.append([b"next"])
    assert records(journal)[-1] == b"next"
