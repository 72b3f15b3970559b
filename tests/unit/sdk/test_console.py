from __future__ import annotations

import sys

import pytest

from meguri.sdk.console import Console


@pytest.fixture
def kept() -> list[str]:
    return []


def test_output_is_shown_and_kept_by_lines(kept: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(kept.extend)
    sys.stdout.write("one\ntw")
    sys.stdout.write("o\n")
    sys.stderr.write("oops\n")
    sys.stdout.write("half")
    assert kept == ["one", "two", "oops"]
    console.stop()
    sys.stdout.write("not kept\n")
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("one\ntwo\nhalfnot kept\n", "oops\n")
    assert kept == ["one", "two", "oops", "half"]


def test_progress_bar_is_kept_as_it_was_last(kept: list[str]) -> None:
    console = Console(kept.extend)
    for done in range(100):
        sys.stdout.write(f"\r{done} %")
    sys.stdout.write("\r100 %\r\nnext\n")
    console.stop()
    assert kept == ["100 %", "next"]


def test_stream_that_somebody_else_replaced_is_left_alone(kept: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(kept.extend)
    other = sys.stderr
    monkeypatch.setattr(sys, "stdout", other)
    console.stop()
    assert sys.stdout is other


def test_stream_is_otherwise_itself(kept: list[str]) -> None:
    before = sys.stdout
    console = Console(kept.extend)
    assert sys.stdout.encoding == before.encoding
    sys.stdout.flush()
    console.stop()
    assert sys.stdout is before
