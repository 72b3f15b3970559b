"""The page about live data works as it is written, on the wall clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from meguri.core.times import parse_time
from meguri.sdk.client import connect
from tests.docs.following import DOCS, followed


def test_page_about_going_live(tmp_path: Path) -> None:
    with followed(DOCS / "tutorials/going-live.md", tmp_path) as done:
        out = "\n".join(done.output.values())
        for words in ("+ endpoint live-load", "2,160 accepted", "load expected at", "1 row, 1 label"):
            assert words in out, words
        with connect(home=tmp_path / ".meguri") as client:
            ended, until = datetime.now(UTC), time.monotonic() + 60
            while parse_time(client.projects.get("live")["watermark"]) < ended:
                assert time.monotonic() < until, "the server did not advance the watermark to the present"
                time.sleep(0.2)
