from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.core.errors import Conflict
from meguri.profiles.reference import DAY
from meguri.serving.segments import (
    PredictionLog,
    PredictionRecord,
    drop_segments_before,
    find_profile,
    log_segments,
    profile_file,
    read_log,
)
from tests.unit.serving.examples import AT, NOW, spec


def record(id: str, *, at: int = AT, version: str = "mv_1", inputs: tuple[float | None, ...] = (1.0, 0.5, None)) -> PredictionRecord:
    return PredictionRecord(id, at, NOW, "dep_1", version, "dc", inputs, 58.25)


def test_what_was_appended_is_read_in_order(tmp_path: Path) -> None:
    log = PredictionLog(tmp_path, "bikes")
    records = [record("a"), record("b"), record("c", inputs=(2.0, 0.25, 7.0))]
    log.append(records[:2])
    log.append(records[2:])
    assert [each for _, each in read_log(tmp_path, "bikes")] == records
    log.close()


def test_a_reader_goes_on_where_it_stopped(tmp_path: Path) -> None:
    log = PredictionLog(tmp_path, "bikes")
    log.append([record("a"), record("b")])
    position = list(read_log(tmp_path, "bikes"))[-1][0]
    log.seal()
    log.append([record("c")])
    assert [each.id for _, each in read_log(tmp_path, "bikes", position)] == ["c"]
    log.close()


def test_ids_are_known_again_after_a_restart_and_across_segments(tmp_path: Path) -> None:
    log = PredictionLog(tmp_path, "bikes")
    log.append([record("a"), record("b")])
    log.seal()
    log.append([record("c")])
    log.close()
    again = PredictionLog(tmp_path, "bikes")
    assert again.find_all(["c", "a", "x", "b"]) == {"a": record("a"), "b": record("b"), "c": record("c")}
    again.close()


def test_only_the_newest_ids_are_remembered(tmp_path: Path) -> None:
    log = PredictionLog(tmp_path, "bikes", remembered=2)
    log.append([record("a"), record("b"), record("c")])
    assert (log.remembered, list(log.find_all(["a", "b", "c"]))) == (2, ["b", "c"])
    log.close()


def test_a_torn_tail_is_cut_at_the_start(tmp_path: Path) -> None:
    log = PredictionLog(tmp_path, "bikes")
    log.append([record("a")])
    torn = tmp_path / "copy" / "bikes"
    torn.mkdir(parents=True)
    name = f"{log.segment:012d}.seg"
    whole = (tmp_path / "bikes" / name).read_bytes()
    (torn / name).write_bytes(whole + whole[:-3])
    log.close()
    again = PredictionLog(tmp_path / "copy", "bikes")
    assert (list(again.find_all(["a"])), (torn / name).read_bytes()) == (["a"], whole)
    again.close()


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    log = PredictionLog(tmp_path, "bikes")
    with pytest.raises(Conflict, match="another process writes"):
        PredictionLog(tmp_path, "bikes")
    log.close()


def test_a_segment_is_sealed_when_it_is_large(tmp_path: Path) -> None:
    log = PredictionLog(tmp_path, "bikes", segment_bytes=100)
    for id in "abc":
        log.append([record(id)])
    assert [each.sealed for each in log_segments(tmp_path, "bikes")] == [True, True, False]
    log.close()


def test_profiles_are_kept_beside_each_segment_by_version_and_event_day(tmp_path: Path) -> None:
    log = PredictionLog(tmp_path, "bikes")
    log.shelf.put(spec(1))
    log.shelf.put(spec(2))
    log.append([record("a"), record("b", at=AT + DAY), record("c", version="mv_2"), record("d", version="mv_unknown")])
    sealed = log.segment
    log.seal()
    profile = find_profile(tmp_path, "bikes", sealed)
    assert profile is not None
    days = {version: {day: each["rows"] for day, each in profiles["days"].items()} for version, profiles in profile.items()}
    assert days == {"mv_1": {str(AT // DAY): 1, str(AT // DAY + 1): 1}, "mv_2": {str(AT // DAY): 1}}
    log.close()


values = st.one_of(st.none(), st.floats(allow_nan=False, width=32), st.integers(-5, 30))


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.tuples(st.sampled_from(["mv_1", "mv_2"]), st.integers(0, 3), st.tuples(values, values, values)), max_size=40))
def test_a_profile_rebuilt_from_the_log_is_the_one_that_was_kept(tmp_path_factory: pytest.TempPathFactory, rows: list) -> None:
    folder = tmp_path_factory.mktemp("log")
    log = PredictionLog(folder, "bikes")
    log.shelf.put(spec(1))
    log.shelf.put(spec(2))
    for number, (version, day, inputs) in enumerate(rows):
        log.append([record(f"p{number}", at=AT + day * DAY, version=version, inputs=inputs)])
    sealed = log.segment
    log.close()
    kept = find_profile(folder, "bikes", sealed)
    profile_file(folder / "bikes", sealed).unlink(missing_ok=True)
    PredictionLog(folder, "bikes").close()
    assert find_profile(folder, "bikes", sealed) == kept
    assert (kept is None) == (not rows)


def test_text_in_a_number_column_costs_no_answer(tmp_path: Path) -> None:
    log = PredictionLog(tmp_path, "bikes")
    log.shelf.put(spec(1))
    log.append([PredictionRecord("a", AT, NOW, "dep_1", "mv_1", "dc", ("x", 0.5, 1.0), 1.0)])
    log.seal()
    assert [each.id for _, each in read_log(tmp_path, "bikes")] == ["a"]
    log.close()


def test_dropped_segments_take_their_profiles_along(tmp_path: Path) -> None:
    log = PredictionLog(tmp_path, "bikes")
    log.append([record("a")])
    first = log.segment
    log.seal()
    log.append([record("b")])
    second = log.seal()
    drop_segments_before(tmp_path, "bikes", second)
    assert ([each.number for each in log_segments(tmp_path, "bikes")], find_profile(tmp_path, "bikes", first)) == ([second], None)
    log.close()
