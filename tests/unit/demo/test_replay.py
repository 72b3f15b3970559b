from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from meguri.core.errors import Conflict
from meguri.demo.replay import Cursor, ensure_same_scene
from meguri.demo.scenes import DayError

START = datetime(2011, 5, 1, tzinfo=UTC)


def test_a_replay_without_a_cursor_begins_at_the_start(tmp_path: Path) -> None:
    assert Cursor.read(tmp_path / "replay.json", START) == Cursor(START)


def test_a_written_cursor_is_read_as_it_was(tmp_path: Path) -> None:
    cursor = Cursor(START, True, False, 24, 0, 1.5, 17, {"bikes-2011-05-01T01": 3.25}, {"2011-05-01": [24, 10.5, 99.0]})
    cursor.write(tmp_path / "replay.json")
    assert Cursor.read(tmp_path / "replay.json", datetime(2020, 1, 1, tzinfo=UTC)) == cursor
    assert cursor.day_errors() == {date(2011, 5, 1): DayError(24, 10.5, 99.0)}


def test_a_file_of_something_else_is_not_taken_for_a_cursor(tmp_path: Path) -> None:
    (tmp_path / "replay.json").write_text('["no cursor"]')
    with pytest.raises(Conflict, match="is no cursor of a replay"):
        Cursor.read(tmp_path / "replay.json", START)


def test_a_home_replays_one_scene_only(tmp_path: Path) -> None:
    ensure_same_scene(tmp_path / "home" / "demo.json", {"demo": "bento", "seed": 1})
    ensure_same_scene(tmp_path / "home" / "demo.json", {"demo": "bento", "seed": 1})
    with pytest.raises(Conflict, match="choose another --home"):
        ensure_same_scene(tmp_path / "home" / "demo.json", {"demo": "bento", "seed": 2})
