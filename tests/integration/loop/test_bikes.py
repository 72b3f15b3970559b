"""The real data, for two months of its stream."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from meguri.demo.project import apply, examples_folder
from meguri.demo.replay import Replay
from meguri.demo.scenes import Bikes
from meguri.sdk.client import connect
from meguri.testing.require import missing
from meguri.testing.server import RunningServer

DATA = Path(__file__).parents[4] / "shared" / "data" / "bike-sharing" / "hour.csv"


@pytest.mark.long
def test_the_loop_retrains_on_real_rentals_and_beats_standing_still(server: RunningServer) -> None:
    if not DATA.is_file():
        missing("bikes", f"the bike rentals are not there: {DATA}")
    scene = Bikes(DATA, end=datetime(2011, 7, 1, tzinfo=UTC))
    with connect(url=server.url, token=server.token) as client:
        apply(client, examples_folder("bikes"))
        replay = Replay(
            client, scene, server.home / "replay.json", token=server.token, notify=lambda _event: None, progress=lambda _cursor: None
        )
        replay.prepare()
        replay.run()
        results = replay.results()
        static = replay.static_error("mae", scene.end)
        replay.close()
    assert (results["predictions"], results["failed_requests"], results["rollbacks"]) == (1_464, 0, 0)
    assert results["promotions"] >= 1
    assert results["mae_loop"] < static
