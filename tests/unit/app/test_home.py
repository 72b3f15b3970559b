"""A home is its owner's alone."""

from __future__ import annotations

from pathlib import Path

from meguri.app.home import Ownership


def test_a_new_home_is_closed_to_other_users_and_one_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    Ownership.take(tmp_path / "new").release()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    (tmp_path / "old").mkdir(mode=0o750)
    Ownership.take(tmp_path / "old").release()
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o750
