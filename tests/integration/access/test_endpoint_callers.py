"""Who may call an endpoint: the server writes the file, the process reads it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from meguri.access.credentials import HOME_TOKEN, hash_secret
from meguri.app.build import Platform, build
from meguri.core.settings import Settings
from meguri.serving.callers import AllowedToken, Callers, callers_file, read_callers
from meguri.serving.deployment_specs import replace_file
from tests.integration.serving.running import TOKEN, make_home, running
from tests.unit.serving.examples import body, spec


def hashes(home: Path, project: str) -> dict[str, bool]:
    return {each.hash: each.predicts for each in read_callers(callers_file(home)).projects.get(project, [])}


def test_the_file_follows_tokens_roles_and_users(platform: Platform) -> None:
    home, access = platform.home.path, platform.access
    with platform.db.write() as tx:
        platform.directory.ensure(tx, "bikes")
    access.add_user("kim")
    access.set_role("bikes", "kim", "editor")
    predicts = access.create_token(HOME_TOKEN, "kim", "client", ["predict"])
    reads = access.create_token(HOME_TOKEN, "kim", "reader", ["read"])
    platform.events.deliver()
    assert hashes(home, "bikes") == {hash_secret(predicts.secret): True, hash_secret(reads.secret): False}
    access.set_role("bikes", "kim", "viewer")
    platform.events.deliver()
    assert hashes(home, "bikes") == {hash_secret(reads.secret): False}
    rotated = access.rotate_token(HOME_TOKEN, reads.token.id)
    platform.events.deliver()
    assert hashes(home, "bikes") == {hash_secret(rotated.secret): False}
    access.set_disabled("kim", disabled=True)
    platform.events.deliver()
    assert hashes(home, "bikes") == {}
    content = callers_file(home).read_text()
    assert [each for each in (predicts.secret, reads.secret, rotated.secret) if each in content] == []


def test_a_file_that_could_not_be_written_is_written_again_without_a_change(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meguri.app.build.CALLERS_SECONDS", 0.1)
    platform = build(Settings(home=home))
    try:
        platform.start()
        wanted = callers_file(home).read_bytes()
        callers_file(home).write_bytes(Callers(projects={"bikes": [AllowedToken("0" * 64, None, predicts=True)]}).to_json())
        wait_for(lambda: callers_file(home).read_bytes() == wanted)
        written = callers_file(home).stat().st_mtime_ns
        time.sleep(0.5)
        assert callers_file(home).stat().st_mtime_ns == written, "a file that is right is left alone"
    finally:
        platform.close()


@pytest.mark.parametrize("auth", ["on", "off"])
def test_the_file_says_whether_everybody_may_call(home: Path, auth: str) -> None:
    platform = build(Settings(home=home).with_values({"auth": auth}, "a test"))
    try:
        platform.start()
        assert read_callers(callers_file(home)).is_open == (auth == "off")
    finally:
        platform.close()


def test_a_process_takes_the_file_when_it_changes(home: Path) -> None:
    made = spec()
    make_home(home, made)

    def write(*tokens: AllowedToken) -> None:
        replace_file(callers_file(home), Callers(projects={made.project: list(tokens)}).to_json())

    client = AllowedToken(hashlib.sha256(b"client").hexdigest(), None, predicts=True)
    with running(home) as endpoint:

        def status(token: str) -> int:
            answer = endpoint.client.post("/v2/models/bikes/infer", json=body(), headers={"authorization": f"Bearer {token}"})
            return answer.status_code

        assert [status("client"), status(TOKEN)] == [401, 200]
        write(client)
        time.sleep(0.1)
        assert status("client") == 200, "the file is read before a token is refused"
        write()
        wait_for(lambda: status("client") == 401)
        callers_file(home).write_text("{")
        time.sleep(1)
        assert [status("client"), status(TOKEN)] == [401, 200]


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 200), ("0.0.0.0", 401)])
def test_everybody_may_call_an_endpoint_on_loopback_alone(home: Path, host: str, status: int) -> None:
    make_home(home, spec())
    replace_file(callers_file(home), Callers(is_open=True).to_json())
    with running(home, "--host", host) as endpoint:
        assert endpoint.client.post("/v2/models/bikes/infer", json=body(), headers={"authorization": ""}).status_code == status


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
