from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from meguri.core.errors import Conflict, Invalid, NotFound, RunFinished, Unauthenticated
from meguri.core.ids import new_id
from meguri.sdk import run as runs
from meguri.sdk.client import connect
from meguri.sdk.sync import SyncReport, sync
from tests.integration.tracking.conftest import Site


def steps(site: Site, run: str, key: str = "loss") -> list[int]:
    with site.client() as client:
        return [point[1] for point in client.runs.history(run, key)]


def script(site: Site, tmp_path: Path, text: str, **environment: str) -> subprocess.Popen[str]:
    """A training script of its own process; it prints what the test reads."""
    file = tmp_path / f"train_{new_id('n')}.py"
    file.write_text(text)
    given = {**os.environ, "MEGURI_HOME": str(site.home), "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1", **environment}
    return subprocess.Popen([sys.executable, str(file)], cwd=tmp_path, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def spools(site: Site) -> list[str]:
    return sorted(path.suffix for path in (site.home / "spool").iterdir())


def test_whole_life_of_a_run(site: Site, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights.bin").write_bytes(bytes(range(256)) * 10_000)
    with runs.init("bikes", "first", experiment="night", params={"lr": 0.1, "opt": {"name": "adam"}}, home=site.home, console=False) as run:
        for step in range(100):
            runs.log({"loss": 1 / (step + 1), "acc": step}, step=step)
        runs.log({"loss": math.nan})
        run.tags(who="me")
        saved = run.artifact(tmp_path / "model")
    with site.client() as client:
        found = client.runs.get(run.id)
        assert {key: found["run"][key] for key in ("project", "experiment", "name", "status", "params", "tags")} == {
            "project": "bikes",
            "experiment": "night",
            "name": "first",
            "status": "finished",
            "params": {"lr": 0.1, "opt.name": "adam"},
            "tags": {"who": "me"},
        }
        assert found["run"]["metrics"]["loss"]["value"] == "NaN" and found["run"]["metrics"]["loss"]["step"] == 100
        assert {"command", "python", "hardware", "host"} <= set(found["environment"])
        assert "environment/packages.txt" in [artifact["name"] for artifact in found["artifacts"]]
        assert [each["name"] for each in saved] == ["model/weights.bin"]
        [path] = client.runs.download(run.id, tmp_path / "back", "model/weights.bin")
        assert path.read_bytes() == bytes(range(256)) * 10_000
        series = client.runs.series(run.id, "acc", buckets=10)
        assert (series["min"][0], series["max"][-1], len(series["step"]), sum(series["count"])) == (0.0, 99.0, 10, 100)
        assert [each["id"] for each in client.project("bikes").runs.all(limit=1)] == [run.id]
    assert steps(site, run.id) == list(range(101))
    assert spools(site) == []


def test_no_point_is_lost_when_the_server_restarts(site: Site) -> None:
    run = runs.init("bikes", home=site.home, console=False)
    stop, logged = threading.Event(), 0

    def train() -> None:
        nonlocal logged
        while not stop.is_set():
            run.log({"loss": 0.5}, step=logged)
            logged += 1
            time.sleep(0.0005)

    trainer = threading.Thread(target=train)
    trainer.start()
    for _ in range(3):
        time.sleep(0.3)
        site.stop()
        time.sleep(0.2)
        site.start()
    stop.set()
    trainer.join()
    run.finish()
    assert steps(site, run.id) == list(range(logged))
    with site.client() as client:
        assert client.runs.get(run.id)["run"]["status"] == "finished"


def test_owner_that_comes_back_on_another_port_is_found(site: Site) -> None:
    run = runs.init("bikes", home=site.home, console=False)
    run.log({"loss": 0.5}, step=0)
    site.stop()
    run.log({"loss": 0.5}, step=1)
    site.port = 0
    site.start()
    run.finish()
    assert steps(site, run.id) == [0, 1]


def test_run_that_ends_while_the_server_is_away_is_sent_by_the_next_one(site: Site) -> None:
    run = runs.init("bikes", home=site.home, console=False)
    run.flush()
    site.stop()
    for step in range(50):
        run.log({"loss": 0.5}, step=step)
    run.finish("failed", "no more luck", timeout_seconds=0.2)
    assert spools(site) == [".spool"]
    site.start()
    other = runs.init("bikes", home=site.home, console=False)
    until = time.monotonic() + 20
    while len(spools(site)) > 1 and time.monotonic() < until:
        time.sleep(0.02)
    other.finish()
    assert steps(site, run.id) == list(range(50))
    with site.client() as client:
        found = client.runs.get(run.id)["run"]
        assert (found["status"], found["error"]) == ("failed", "no more luck")
    assert spools(site) == []


def test_what_was_logged_before_kill_9_is_sent_by_sync(site: Site, tmp_path: Path) -> None:
    trainer = script(
        site,
        tmp_path,
        """
import sys, meguri as mg
run = mg.init("bikes", console=False)
run.flush()
print(run.id, flush=True)
import time
while not __import__("os").path.exists("go"):
    time.sleep(0.01)
step = 0
while True:
    mg.log({"loss": 0.5}, step=step)
    step += 1
    sys.stdout.write(f"{step}\\n")
    sys.stdout.flush()
""",
    )
    assert trainer.stdout is not None
    run = trainer.stdout.readline().strip()
    site.stop()
    (tmp_path / "go").write_text("")
    while int(trainer.stdout.readline()) < 500:
        pass
    trainer.send_signal(signal.SIGKILL)
    acknowledged = max([500, *(int(line) for line in trainer.stdout.read().splitlines()[:-1])])
    trainer.communicate()
    site.start()
    with site.client() as client:
        [left] = (path.name for path in (site.home / "spool").iterdir())
        assert sync(client) == SyncReport((left,), (), ())
        assert sync(client) == SyncReport((), (), ())
        assert client.runs.get(run)["run"]["status"] == "running"
    found = steps(site, run)
    assert found == list(range(len(found))) and len(found) >= acknowledged


@pytest.mark.parametrize(
    ("ending", "status", "error"),
    [
        ("pass", "finished", None),
        ("raise ValueError('bad')", "failed", "ValueError: bad"),
        ("raise KeyboardInterrupt", "killed", "interrupted from the keyboard"),
    ],
)
def test_end_of_the_process_ends_the_run(site: Site, tmp_path: Path, ending: str, status: str, error: str | None) -> None:
    trainer = script(site, tmp_path, f"import meguri as mg\nprint(mg.init('bikes').id)\nmg.log({{'loss': 1}})\nprint('hello')\n{ending}\n")
    shown, _ = trainer.communicate(timeout=60)
    run = shown.split()[0]
    with site.client() as client:
        found = client.runs.get(run)["run"]
        assert (found["status"], found["error"]) == (status, error)
        assert "hello" in [line["text"] for line in client.get(f"/api/v1/runs/{run}/logs")["lines"]]
    assert steps(site, run) == [0]


def test_forked_process_logs_to_the_run_of_its_parent(site: Site, tmp_path: Path) -> None:
    trainer = script(
        site,
        tmp_path,
        """
import os, meguri as mg
run = mg.init("bikes", console=False)
mg.log({"loss": 0.5}, step=0)
child = os.fork()
if child == 0:
    for step in range(1, 100):
        mg.log({"loss": 0.5}, step=step)
    raise SystemExit
os.waitpid(child, 0)
mg.finish()
print(run.id)
""",
    )
    shown, errors = trainer.communicate(timeout=60)
    assert errors == ""
    assert steps(site, shown.split()[0]) == list(range(100))
    assert spools(site) == []


def test_many_processes_log_to_one_run(site: Site, tmp_path: Path) -> None:
    with runs.init("bikes", home=site.home, console=False) as run:
        trainers = [
            script(
                site,
                tmp_path,
                f"import meguri as mg\nfor step in range(200): mg.log({{'rank{rank}': step}}, step=step)\n",
                MEGURI_RUN=run.id,
            )
            for rank in range(2)
        ]
        for trainer in trainers:
            _, errors = trainer.communicate(timeout=60)
            assert errors == ""
        with site.client() as client:
            assert client.runs.get(run.id)["run"]["status"] == "running"
    assert steps(site, run.id, "rank0") == steps(site, run.id, "rank1") == list(range(200))


def test_clients_that_finish_one_run_at_once_do_not_disturb_each_other(site: Site) -> None:
    first = runs.init("bikes", home=site.home, console=False)
    second = runs.init("bikes", id=first.id, home=site.home, console=False)
    first.log({"a": 1.0}, step=0)
    second.log({"b": 1.0}, step=0)
    first.flush(), second.flush()
    threads = [threading.Thread(target=each.finish, args=(status,)) for each, status in ((first, "finished"), (second, "failed"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with site.client() as client:
        found = client.runs.get(first.id)["run"]
        assert found["status"] in ("finished", "failed") and set(found["metrics"]) == {"a", "b"}
    with pytest.raises(RunFinished):
        runs.init("bikes", id=first.id, home=site.home, console=False)


def test_nothing_can_be_logged_without_or_after_a_run(site: Site) -> None:
    with pytest.raises(Conflict, match="begin one"):
        runs.log({"loss": 1})
    run = runs.init("bikes", home=site.home, console=False)
    run.finish()
    run.finish()
    for late in (lambda: run.log({"loss": 1}), lambda: run.params(a=1), lambda: run.artifact(__file__)):
        with pytest.raises(RunFinished):
            late()


@pytest.mark.parametrize("metrics", [{"": 1}, {"x" * 251: 1}, {"a\n": 1}, {"a": "text"}, {"a": None}, {"a": [1, 2]}])
def test_metric_that_cannot_be_taken_is_refused_at_once(site: Site, metrics: dict[str, float]) -> None:
    with runs.init("bikes", home=site.home, console=False) as run:
        with pytest.raises(Invalid):
            run.log(metrics)
        for step in (1.5, "1", True, 2**60):
            with pytest.raises(Invalid):
                run.log({"a": 1}, step=step)  # type: ignore[arg-type]  # wrong on purpose
    with site.client() as client:
        assert client.get(f"/api/v1/runs/{run.id}/metrics") == {}


def test_link_in_a_folder_is_refused(site: Site, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "link").symlink_to("/etc/hostname")
    with runs.init("bikes", home=site.home, console=False) as run, pytest.raises(Invalid, match="link"):
        run.artifact(tmp_path / "out")


@pytest.mark.parametrize("name", ["../x", "%2e%2e/x", "%252e%252e%252fx", "a/%2e%2e/%2e%2e/x", "..%5cx", "%2fetc/passwd", "a//b"])
def test_artifact_path_that_leaves_its_folder_is_refused_over_http(site: Site, name: str) -> None:
    with runs.init("bikes", home=site.home, console=False) as run:
        token = (site.home / "token").read_text()
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as http:
            url = httpx.URL(site.url).copy_with(raw_path=f"/api/v1/runs/{run.id}/artifacts/{name}".encode())
            for answer in (http.put(url, content=b"x"), http.get(url)):
                assert answer.status_code in (404, 422), answer.text
    saved = [path for path in site.home.rglob("*") if path.is_file() and path.read_bytes() == b"x"]
    assert saved == []


def test_saved_page_cannot_act_as_one_of_ours(site: Site, tmp_path: Path) -> None:
    (tmp_path / "evil.html").write_text("<script>alert(1)</script>")
    with runs.init("bikes", home=site.home, console=False) as run:
        run.artifact(tmp_path / "evil.html")
    with site.client() as client:
        headers = client.connection.send("GET", f"/api/v1/runs/{run.id}/artifacts/evil.html").headers
    assert headers["content-disposition"].startswith("attachment") and headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox")


def test_part_of_a_file_can_be_asked_for(site: Site, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"0123456789")
    with runs.init("bikes", home=site.home, console=False) as run:
        run.artifact(tmp_path / "a.bin")
    with site.client() as client:
        answer = client.connection.send("GET", f"/api/v1/runs/{run.id}/artifacts/a.bin", headers={"Range": "bytes=2-4"})
    assert (answer.status_code, answer.content) == (206, b"234")


def test_errors_of_the_server_come_back_as_ours(site: Site) -> None:
    with site.client() as client:
        with pytest.raises(NotFound) as missing:
            client.runs.get("run_absent")
        assert missing.value.fields == {"kind": "run", "key": "run_absent"}
        client.post("/api/v1/projects/bikes/experiments", {"name": "a"})
        with pytest.raises(Invalid) as bad:
            client.project("bikes").runs.list(sort="nothing")
        assert bad.value.fields["field"] == "sort"
        for body in ([1], {"points": [["a", 1, "x", 0]]}, {"points": [["a", 1]]}, {"points": [["a", 1.5, 1, 0]]}):
            with pytest.raises((Invalid, NotFound)):
                client.post("/api/v1/runs/run_absent/points", body)
    with connect(url=site.url, token="wrong", home=site.home) as stranger, pytest.raises(Unauthenticated):
        stranger.project("bikes").runs.list()


def test_ten_thousand_metric_names_in_one_run(site: Site) -> None:
    with runs.init("bikes", home=site.home, console=False) as run:
        run.log({f"m{number}": number for number in range(10_000)})
    with site.client() as client:
        found = client.get(f"/api/v1/runs/{run.id}/metrics")
    assert len(found) == 10_000 and found["m9999"]["value"] == 9999
