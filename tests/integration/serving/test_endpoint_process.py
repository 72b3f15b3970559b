from __future__ import annotations

import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from meguri.core.definitions.models import GoldenRow
from meguri.serving.deployment_specs import spec_file, write_spec
from meguri.serving.segments import find_profile, profile_file
from tests.integration.serving.running import ENDPOINT, RunningEndpoint, make_home, running
from tests.unit.serving.examples import AT, body, linear_model, spec


def wait_until(seen: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_features_are_looked_up_in_the_online_store(home: Path) -> None:
    make_home(home, spec())
    with running(home) as endpoint:
        answer = endpoint.infer(body())
        assert (answer.status_code, answer.json()["outputs"][0]["data"]) == (200, [56.0])
        assert [record.inputs for record in endpoint.logged()] == [(0, 0.5, 100.0)]


def test_acknowledged_predictions_survive_kill_9_and_are_answered_alike_after_a_restart(home: Path) -> None:
    make_home(home, spec())
    answers: dict[str, bytes] = {}
    with running(home) as endpoint:
        stop = threading.Event()

        def load() -> None:
            number = 0
            while not stop.is_set():
                id = f"p{number}"
                try:
                    answers[id] = endpoint.infer(body(id, rows=1 + number % 3)).content
                except httpx.HTTPError:
                    return
                number += 1

        thread = threading.Thread(target=load)
        thread.start()
        time.sleep(1.0)
        endpoint.kill()
        stop.set()
        thread.join()
    assert len(answers) > 20
    with running(home) as endpoint:
        assert {id: endpoint.infer(body(id, rows=1 + int(id[1:]) % 3)).content for id in answers} == answers
        ids = [record.id for record in endpoint.logged()]
        assert len(ids) == len(set(ids))


def test_profiles_that_a_killed_process_left_out_are_made_from_the_log(home: Path) -> None:
    make_home(home, spec())
    with running(home) as endpoint:
        sealed = endpoint.internal("GET", "state")["log"]["segment"]
        endpoint.infer(body(rows=5))
        endpoint.kill()
    assert not profile_file(home / "log" / ENDPOINT, sealed).exists()
    with running(home):
        profile = find_profile(home / "log", ENDPOINT, sealed)
    assert profile is not None
    assert {day: each["rows"] for day, each in profile["mv_1"]["days"].items()} == {str(AT // 86_400_000_000): 5}


def test_a_new_route_is_taken_under_load_without_a_failed_request(home: Path) -> None:
    models = [linear_model(bias=float(number)) for number in range(6)]
    make_home(home, spec(1, model=models[0]), *models)
    with running(home) as endpoint:
        statuses: list[int] = []
        seen: list[tuple[str, float]] = []
        stop = threading.Event()

        def load(worker: int) -> None:
            number = 0
            with httpx.Client(headers=endpoint.client.headers, base_url=endpoint.url) as client:
                while not stop.is_set():
                    answer = client.post("/v2/models/bikes/infer", json=body(f"w{worker}-{number}"))
                    statuses.append(answer.status_code)
                    seen.append((answer.json()["model_version"], answer.json()["outputs"][0]["data"][0]))
                    number += 1

        workers = [threading.Thread(target=load, args=(worker,)) for worker in range(3)]
        for worker in workers:
            worker.start()
        wait_until(lambda: len(seen) > 0)
        for revision in range(2, 7):
            write_spec(spec_file(home, ENDPOINT), spec(revision, model=models[revision - 1]))
            if revision % 2:
                endpoint.internal("POST", "reload")
            wait_until(lambda revision=revision: endpoint.internal("GET", "state")["revision"] == revision)  # type: ignore[misc]
            wait_until(lambda revision=revision: (f"mv_{revision}", 54.0 + revision) in seen)  # type: ignore[misc]
        stop.set()
        for worker in workers:
            worker.join()
    assert set(statuses) == {200}
    assert set(seen) == {(f"mv_{revision}", 55.0 + revision - 1) for revision in range(1, 7)}


def test_a_route_whose_golden_rows_fail_is_refused_and_the_former_version_stays(home: Path) -> None:
    make_home(home, spec())
    with running(home) as endpoint:
        write_spec(spec_file(home, ENDPOINT), spec(2, golden=(GoldenRow((1.0, 0.5, 100.0), 59.0),)))
        state = endpoint.internal("POST", "reload")
        assert (state["revision"], state["version"], state["refused"]["revision"]) == (1, "mv_1", 2)
        assert "mv_2 answers golden row 0 with 58.0 and not 59.0" in state["refused"]["why"]
        assert endpoint.infer(body()).json()["model_version"] == "mv_1"
    with running(home) as endpoint:
        assert endpoint.infer(body("p2")).json()["model_version"] == "mv_1"


def test_a_damaged_route_file_is_refused_and_the_former_version_stays(home: Path) -> None:
    make_home(home, spec())
    with running(home) as endpoint:
        spec_file(home, ENDPOINT).write_text("{")
        assert "deploy the endpoint again" in endpoint.internal("POST", "reload")["refused"]["why"]
        assert endpoint.infer(body()).status_code == 200


def test_a_full_disk_is_503_and_what_was_acknowledged_stays(home: Path) -> None:
    make_home(home, spec())
    with running(home) as endpoint:
        first = endpoint.infer(body("p0"))
        size = (home / "log" / ENDPOINT / f"{endpoint.internal('GET', 'state')['log']['segment']:012d}.seg").stat().st_size
        resource.prlimit(endpoint.process.pid, resource.RLIMIT_FSIZE, (size + 10, resource.RLIM_INFINITY))
        full = endpoint.infer(body("p1"))
        assert (full.status_code, list(full.json())) == (503, ["error"])
        assert "nothing of this append was kept" in full.json()["error"]
        assert endpoint.infer(body("p0")).content == first.content
        resource.prlimit(endpoint.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert endpoint.infer(body("p1")).status_code == 200
        assert [record.id for record in endpoint.logged()] == ["p0", "p1"]


def test_a_supervised_process_ends_with_its_input(home: Path) -> None:
    make_home(home, spec())
    with running(home, "--supervised") as endpoint:
        assert endpoint.process.stdin is not None
        endpoint.process.stdin.close()
        assert endpoint.process.wait(10) == 0


def test_sigterm_ends_it_with_its_profile_written(home: Path) -> None:
    make_home(home, spec())
    with running(home) as endpoint:
        endpoint.infer(body())
        sealed = endpoint.internal("GET", "state")["log"]["segment"]
        endpoint.process.send_signal(signal.SIGTERM)
        assert endpoint.process.wait(10) == 0
    assert find_profile(home / "log", ENDPOINT, sealed) is not None


def start_and_fail(home: Path, *more: str) -> str:
    command = [sys.executable, "-m", "meguri.app.endpoint", "--home", str(home), "--endpoint", "bikes", *more]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    return ended.stderr


def test_a_busy_port_is_said(home: Path) -> None:
    make_home(home, spec())
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        assert f"port is unavailable: 127.0.0.1:{port} cannot be listened on (Address already in use)" in start_and_fail(
            home, "--port", str(port)
        )


def test_an_endpoint_without_a_route_is_said(home: Path) -> None:
    assert "no endpoint 'bikes': deployed in" in start_and_fail(home)


def test_a_name_that_two_projects_have_must_be_told_apart(home: Path) -> None:
    make_home(home, spec())
    write_spec(spec_file(home, "ep_2"), spec(project="other"))
    assert "several projects have an endpoint 'bikes': name one of bikes/bikes, other/bikes" in start_and_fail(home)


def test_a_second_process_on_one_log_is_refused(home: Path) -> None:
    make_home(home, spec())
    with running(home):
        assert "another process serves endpoint 'bikes/bikes'" in start_and_fail(home, "--port", "0")


def test_keep_alive_answers_are_not_delayed(home: Path) -> None:
    make_home(home, spec())
    with running(home) as endpoint:
        took = []
        for number in range(20):
            start = time.perf_counter()
            endpoint.infer(body(f"p{number}"))
            took.append(time.perf_counter() - start)
    assert sorted(took)[10] < 0.03  # a listener without TCP_NODELAY answers after some 43 ms


def test_it_starts_light(home: Path) -> None:
    heavy = {"sqlalchemy", "polars", "pandas", "deltalake", "dbos", "sklearn"}
    program = f"import sys, meguri.app.endpoint; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("path", ["/v2/models/bikes/infer", "/internal/seal"])
def test_a_client_that_goes_away_costs_nothing(home: Path, path: str) -> None:
    make_home(home, spec())
    with running(home) as endpoint:
        host, port = "127.0.0.1", endpoint.client.base_url.port
        with socket.create_connection((host, port)) as half:
            half.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{{".encode())
        assert isinstance(endpoint, RunningEndpoint)
        assert endpoint.infer(body()).status_code == 200
