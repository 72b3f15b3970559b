from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from meguri.adapters.online.lmdb import LmdbOnline
from meguri.core.errors import Unavailable
from meguri.testing.online import OnlineContract, row, values

READER = """
import sys
from pathlib import Path
from meguri.adapters.online.lmdb import LmdbOnline
from meguri.testing.online import values
store = LmdbOnline.reader(Path(sys.argv[1]))
for line in sys.stdin:
    print(len(values(store, "a", -1, 10**9)), flush=True)
"""


def reading(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", READER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


class TestLmdbOnline(OnlineContract):
    @pytest.fixture
    def online(self, tmp_path: Path) -> Iterator[LmdbOnline]:
        store = LmdbOnline.owner(tmp_path / "online", map_bytes=1 << 20)
        yield store
        store.close()

    def test_a_reader_in_another_process_sees_new_events_also_after_the_map_grew(self, online: LmdbOnline) -> None:
        with reading(online.path) as reader:
            assert reader.stdin is not None
            assert reader.stdout is not None
            counts = []
            for at in range(3):
                online.put([row("a", at * 100 + i, value=bytes(30_000)) for i in range(100)])
                reader.stdin.write("\n")
                reader.stdin.flush()
                counts.append(int(reader.stdout.readline()))
            reader.stdin.close()
        assert counts == [100, 200, 300]

    def test_slots_of_killed_readers_are_freed(self, online: LmdbOnline, tmp_path: Path) -> None:
        with reading(online.path) as reader:
            assert reader.stdin is not None
            assert reader.stdout is not None
            reader.stdin.write("\n")
            reader.stdin.flush()
            reader.stdout.readline()
            reader.send_signal(signal.SIGKILL)
        online.close()
        again = LmdbOnline.owner(online.path)
        assert "no active readers" in again._env.readers()
        again.close()

    def test_what_put_answered_survives_kill_9(self, tmp_path: Path) -> None:
        script = textwrap.dedent(
            """
            import sys
            from pathlib import Path
            from meguri.adapters.online.lmdb import LmdbOnline
            from meguri.testing.online import row
            store = LmdbOnline.owner(Path(sys.argv[1]))
            for at in range(1_000_000):
                store.put([row("a", at)])
                print(at, flush=True)
            """
        )
        path = tmp_path / "killed"
        with subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            for _ in range(300):
                writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
        store = LmdbOnline.owner(path)
        assert len(values(store, "a", -1, 299)) == 300
        store.close()

    def test_a_store_not_synced_before_another_boot_starts_empty(self, tmp_path: Path) -> None:
        path = tmp_path / "torn"
        store = LmdbOnline.owner(path)
        store.put([row("a", 1)])
        store.close()
        (path / "unsynced").write_text("another boot")
        again = LmdbOnline.owner(path)
        assert values(again, "a", 0, 9) == []
        again.put([row("a", 2)])
        again.close()
        third = LmdbOnline.owner(path)
        assert len(values(third, "a", 0, 9)) == 1
        third.close()

    def test_a_reader_without_a_store_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable, match="start `meguri server` once"):
            LmdbOnline.reader(tmp_path / "nothing")
