"""What was acknowledged is there after a kill, and a full disk is an answer."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from meguri.core.errors import Unavailable
from meguri.core.times import iso
from meguri.features.service import Features

START = datetime(2011, 1, 1, tzinfo=UTC)

WRITER = """
    import sys
    from datetime import UTC, datetime, timedelta
    from pathlib import Path
    sys.path.insert(0, {folder!r})
    from conftest import BIKES
    from meguri.adapters.online.lmdb import LmdbOnline
    from meguri.adapters.tables.delta import DeltaTables
    from meguri.core.ids import new_id
    from meguri.core.times import iso, utc_now
    from meguri.datasets.service import Datasets
    from meguri.db.engine import Database
    from meguri.events.service import Events
    from meguri.features.service import Features
    from meguri.lineage.service import Lineage
    home = Path({home!r})
    db = Database.open({url!r})
    events, lineage, tables = Events(db, utc_now), Lineage(utc_now), DeltaTables(home / "tables")
    datasets = Datasets(db, events, lineage, tables, utc_now, new_id)
    online = LmdbOnline.owner(home / "online")
    features = Features(db, events, lineage, datasets, tables, online, home / "journal", lambda tx, name: BIKES, utc_now)
    features.start()
    for hour in range({first}, 10**6):
        at = iso(datetime(2011, 1, 1, tzinfo=UTC) + timedelta(hours=hour))
        features.push("bikes", "rentals", [{{"city": "dc", "at": at, "hr": hour % 24, "temp": 0.5, "cnt": float(hour)}}])
        print(hour, flush=True)
        if hour % 7 == 0:
            features.flush("bikes")
"""


@pytest.mark.parametrize("seed", [20_110_101, 20_121_231])
def test_rows_acknowledged_before_kill_9_are_there_once(start: Callable[[], Features], home: Path, tmp_path: Path, seed: int) -> None:
    """Killed at moments chosen by the seed, in and out of flushes."""
    features = start()
    url = features.db.engine.url.render_as_string(hide_password=False)
    features.close()
    features.online.close()
    chance, acknowledged = random.Random(seed), 0
    for _ in range(3):
        script = textwrap.dedent(WRITER).format(folder=str(Path(__file__).parent), home=str(home), url=url, first=acknowledged)
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randint(5, 60)):
                line = writer.stdout.readline()
                acknowledged = int(line) + 1
            writer.send_signal(signal.SIGKILL)
            rest = [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
            acknowledged = int(rest[-1]) + 1 if rest else acknowledged
    features = start()
    found = features.read_source("bikes", "rentals")["cnt"].to_list()
    assert found[:acknowledged] == [float(hour) for hour in range(acknowledged)]
    assert len(found) == len(set(found)) <= acknowledged + 1
    last = acknowledged - 1
    found_online = features.lookup("bikes", "hourly", "dc", START + timedelta(hours=last + 24))
    assert found_online["cnt_yesterday"] == float(last)


def test_a_full_disk_acknowledges_nothing_and_the_next_push_goes_on(features: Features) -> None:
    rows = [
        {"city": "dc", "at": iso(START + timedelta(hours=hour)), "hr": hour % 24, "temp": 0.5, "cnt": float(hour)} for hour in range(2_000)
    ]
    features.push("bikes", "rentals", rows[:1])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
    try:
        with pytest.raises(Unavailable, match="free space"):
            features.push("bikes", "rentals", rows)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert features.list_sources("bikes")[0].rows == 1
    assert features.push("bikes", "rentals", rows).accepted == 1_999
    assert len(features.read_source("bikes", "rentals")) == 2_000


def test_rows_that_the_online_store_had_no_space_for_are_kept_once(features: Features) -> None:
    """The journal, a small file, has them already when the online store, a large one, refuses; then they are sent again."""
    rows = [
        {"city": "dc", "at": iso(START + timedelta(hours=hour)), "hr": hour % 24, "temp": 0.5, "cnt": float(hour)} for hour in range(30)
    ]
    features.push("bikes", "rentals", rows[:1])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, before[1]))
    try:
        for _ in range(2):
            with pytest.raises(Unavailable, match="online store"):
                features.push("bikes", "rentals", rows)
        with pytest.raises(Unavailable, match="online store"):
            features.flush("bikes")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert features.push("bikes", "rentals", rows).duplicates == 30
    assert features.list_sources("bikes")[0].rows == 30
    assert features.read_source("bikes", "rentals")["cnt"].to_list() == [float(hour) for hour in range(30)]
    assert features.lookup("bikes", "hourly", "dc", START + timedelta(hours=53))["cnt_yesterday"] == 29.0
